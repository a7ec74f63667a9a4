using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>SUBACK (MQTT5 section 3.9).</summary>
public sealed record SubAckPacket : ReasonedPacket
{
    public override PacketType Type => PacketType.SubAck;

    public required ushort PacketIdentifier { get; init; }

    /// <summary>One for each filter, in the order of the SUBSCRIBE [MQTT5-3.9.3-1]. In 3.x every failure is written as 0x80.</summary>
    public required IReadOnlyList<ReasonCode> ReasonCodes { get; init; }
}
