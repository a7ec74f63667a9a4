using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP: <c>packet identifier [reason code [properties]]</c> (MQTT5 sections 3.4 to 3.7).</summary>
internal static class AckDecoder
{
    public static SpecViolation Decode(ProtocolVersion version, PacketType type, ReadOnlySpan<byte> body, out AckPacket packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        var packetIdentifier = reader.ReadPacketIdentifier();
        var reasonCode = ReasonCode.Success;
        ReadOnlySpan<byte> properties = default;
        if (version == ProtocolVersion.Mqtt5 && !reader.IsDone)
            reasonCode = reader.ReadReasonCode(type, version, PacketSender.Client);
        if (version == ProtocolVersion.Mqtt5 && !reader.IsDone)
            properties = reader.Take(reader.ReadVariableByteInteger());

        var violation = reader.End();
        if (violation == SpecViolation.None)
            violation = PropertyReader.Validate(properties, PropertyScope.PubAck);
        if (violation == SpecViolation.None)
            packet = new AckPacket { Type = type, PacketIdentifier = packetIdentifier, ReasonCode = reasonCode, Properties = properties };
        return violation;
    }
}
