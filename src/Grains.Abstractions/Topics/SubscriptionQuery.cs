namespace OrleansBroker.Grains.Topics;

/// <summary>Subscriptions in the order of what they match, of their share name, and of their client id, all by bytes.</summary>
/// <param name="Filter">Those with exactly this filter, <c>$share/name/</c> included; null for others.</param>
/// <param name="Matching">Those that match this topic; null for others. With neither: all.</param>
/// <param name="After">Behind which to begin; null for the first.</param>
/// <param name="Limit">At most so many, 1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("broker.SubscriptionQuery")]
public sealed record SubscriptionQuery(
    [property: Id(0)] string? Filter, [property: Id(1)] string? Matching, [property: Id(2)] SubscriptionPosition? After, [property: Id(3)] int Limit);
