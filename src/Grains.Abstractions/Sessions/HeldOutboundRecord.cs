using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A <see cref="HeldOutbound"/> between silos.</summary>
[GenerateSerializer, Immutable, Alias("broker.HeldOutbound")]
public readonly record struct HeldOutboundRecord(
    [property: Id(0)] ushort PacketIdentifier,
    [property: Id(1)] long Sequence,
    [property: Id(2)] byte QoS,
    [property: Id(3)] byte Phase,
    [property: Id(4)] SiloAddress? Source,
    [property: Id(5)] long Token)
{
    public static HeldOutboundRecord From(HeldOutbound held) =>
        new(held.PacketIdentifier, held.Sequence, (byte)held.QoS, (byte)held.Phase, (held.Source as DeliverySeries)?.Silo, held.Token);

    public HeldOutbound ToHeld() => new(PacketIdentifier, Sequence, (QoS)QoS, (HeldPhase)Phase, Source is null ? null : DeliverySeries.Of(Source, Token), Token);
}
