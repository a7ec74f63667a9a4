namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>Subscribes a session as its client could.</summary>
/// <param name="SubscriptionIdentifier">0 for none.</param>
[GenerateSerializer, Immutable, Alias("broker.SubscribeCommand")]
public sealed record SubscribeCommand([property: Id(0)] CommandAim Aim, [property: Id(1)] FilterRequest Filter, [property: Id(2)] uint SubscriptionIdentifier);
