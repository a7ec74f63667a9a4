using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A <see cref="HeldDelivery"/> between silos.</summary>
[GenerateSerializer, Immutable, Alias("broker.HeldDelivery")]
public readonly record struct HeldDeliveryRecord([property: Id(0)] SiloAddress Source, [property: Id(1)] byte QoS, [property: Id(2)] long Token)
{
    public HeldDelivery ToHeld() => new(DeliverySeries.Of(Source, Token), (QoS)QoS, Token);
}
