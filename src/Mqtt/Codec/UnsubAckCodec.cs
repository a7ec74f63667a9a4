using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>UNSUBACK: <c>packet identifier [properties 1*code]</c> (MQTT5 section 3.11); 3.x has the identifier alone.</summary>
internal static class UnsubAckCodec
{
    public static SpecViolation Decode(ProtocolVersion version, ReadOnlySpan<byte> body, out UnsubAckPacket? packet)
    {
        packet = null;
        var reader = new PacketReader(body);
        var packetIdentifier = reader.ReadPacketIdentifier();
        var properties = PropertyBag.Read(ref reader, version, PropertyScope.UnsubAck);
        IReadOnlyList<ReasonCode> codes = version == ProtocolVersion.Mqtt5 ? reader.ReadReasonCodes(PacketType.UnsubAck, version) : [];
        if (reader.End() != SpecViolation.None)
            return reader.Violation;

        packet = new UnsubAckPacket
        {
            PacketIdentifier = packetIdentifier,
            ReasonString = properties.Text(PropertyId.ReasonString),
            UserProperties = properties.UserProperties,
            ReasonCodes = codes,
        };
        return SpecViolation.None;
    }

    public static void Write(ref PacketWriter writer, UnsubAckPacket packet, ProtocolVersion version)
    {
        writer.WriteUInt16(packet.PacketIdentifier);
        if (version != ProtocolVersion.Mqtt5)
            return;
        writer.WriteProperties<ReasonedPacket>(packet, PacketEncoder.WriteReasonedProperties);
        for (var i = 0; i < packet.ReasonCodes.Count; i++)
            writer.WriteByte((byte)packet.ReasonCodes[i]);
    }
}
