namespace OrleansBroker.Grains.Topics;

/// <summary>A subscription's place in a list.</summary>
/// <param name="Filter">With <c>$share/name/</c>.</param>
[GenerateSerializer, Immutable, Alias("broker.SubscriptionPosition")]
public sealed record SubscriptionPosition([property: Id(0)] string Filter, [property: Id(1)] string ClientId);
