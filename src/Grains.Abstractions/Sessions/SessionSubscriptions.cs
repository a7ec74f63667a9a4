namespace OrleansBroker.Grains.Sessions;

/// <summary>Subscriptions of a session in the order in which they were made.</summary>
/// <param name="IsEnd">None follows; otherwise the next page begins behind the version of the last.</param>
[GenerateSerializer, Immutable, Alias("broker.SessionSubscriptions")]
public sealed record SessionSubscriptions([property: Id(0)] long Incarnation, [property: Id(1)] long Epoch, [property: Id(2)] SubscriptionRecord[] Items, [property: Id(3)] bool IsEnd);
