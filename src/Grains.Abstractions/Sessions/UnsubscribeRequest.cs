using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>An UNSUBSCRIBE on its way to its session; a filter that is not valid comes with its refusal.</summary>
[GenerateSerializer, Immutable, Alias("broker.UnsubscribeRequest")]
public sealed record UnsubscribeRequest(
    [property: Id(0)] SiloAddress Gateway,
    [property: Id(1)] long ConnectionId,
    [property: Id(2)] ushort PacketIdentifier,
    [property: Id(3)] string[] Filters,
    [property: Id(4)] ReasonCode[] Refusals);
