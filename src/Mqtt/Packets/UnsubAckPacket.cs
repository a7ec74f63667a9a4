using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>UNSUBACK (MQTT5 section 3.11).</summary>
public sealed record UnsubAckPacket : ReasonedPacket
{
    public override PacketType Type => PacketType.UnsubAck;

    public required ushort PacketIdentifier { get; init; }

    /// <summary>One for each filter, in the order of the UNSUBSCRIBE [MQTT5-3.11.3-1]; 3.x has none on the wire.</summary>
    public IReadOnlyList<ReasonCode> ReasonCodes { get; init; } = [];
}
