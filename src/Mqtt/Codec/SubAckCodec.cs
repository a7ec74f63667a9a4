using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>SUBACK: <c>packet identifier [properties] 1*code</c> (MQTT5 section 3.9).</summary>
internal static class SubAckCodec
{
    public static SpecViolation Decode(ProtocolVersion version, ReadOnlySpan<byte> body, out SubAckPacket? packet)
    {
        packet = null;
        var reader = new PacketReader(body);
        var packetIdentifier = reader.ReadPacketIdentifier();
        var properties = PropertyBag.Read(ref reader, version, PropertyScope.SubAck);
        var codes = reader.ReadReasonCodes(PacketType.SubAck, version);
        if (reader.Failed)
            return reader.Violation;

        packet = new SubAckPacket
        {
            PacketIdentifier = packetIdentifier,
            ReasonString = properties.Text(PropertyId.ReasonString),
            UserProperties = properties.UserProperties,
            ReasonCodes = codes,
        };
        return SpecViolation.None;
    }

    public static void Write(ref PacketWriter writer, SubAckPacket packet, ProtocolVersion version)
    {
        writer.WriteUInt16(packet.PacketIdentifier);
        if (version == ProtocolVersion.Mqtt5)
            writer.WriteProperties<ReasonedPacket>(packet, PacketEncoder.WriteReasonedProperties);
        for (var i = 0; i < packet.ReasonCodes.Count; i++)
        {
            var code = packet.ReasonCodes[i];
            var failed3 = version != ProtocolVersion.Mqtt5 && code >= ReasonCodes.SubAckFailure;
            writer.WriteByte((byte)(failed3 ? ReasonCodes.SubAckFailure : code));
        }
    }
}
