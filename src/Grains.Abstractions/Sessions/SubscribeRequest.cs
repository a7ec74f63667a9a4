namespace OrleansBroker.Grains.Sessions;

/// <summary>A SUBSCRIBE on its way to its session.</summary>
[GenerateSerializer, Immutable, Alias("broker.SubscribeRequest")]
public sealed record SubscribeRequest(
    [property: Id(0)] SiloAddress Gateway,
    [property: Id(1)] long ConnectionId,
    [property: Id(2)] ushort PacketIdentifier,
    [property: Id(3)] uint SubscriptionIdentifier,
    [property: Id(4)] FilterRequest[] Filters);
