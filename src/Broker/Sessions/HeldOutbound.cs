using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>An outgoing message whose packet identifier a gateway knows to be in use.</summary>
/// <param name="Sequence">Of the message in its session.</param>
/// <param name="Source">Who numbered the delivery that brought it; null when that is not known, or nobody waits for it.</param>
/// <param name="Token">The source's number.</param>
public readonly record struct HeldOutbound(ushort PacketIdentifier, long Sequence, QoS QoS, HeldPhase Phase, object? Source = null, long Token = 0);
