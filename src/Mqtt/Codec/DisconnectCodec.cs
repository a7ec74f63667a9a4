using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>DISCONNECT: <c>[code [properties]]</c> (MQTT5 section 3.14); empty in 3.x.</summary>
internal static class DisconnectCodec
{
    public static SpecViolation Decode(ProtocolVersion version, PacketSender sender, ReadOnlySpan<byte> body, out DisconnectPacket? packet)
    {
        packet = null;
        var reader = new PacketReader(body);
        var reasonCode = ReasonCode.NormalDisconnection;
        if (version == ProtocolVersion.Mqtt5 && !reader.IsDone)
            reasonCode = reader.ReadReasonCode(PacketType.Disconnect, version, sender);
        var properties = reader.IsDone ? default : PropertyBag.Read(ref reader, version, PropertyScope.Disconnect);
        if (sender == PacketSender.Server && properties.Has(PropertyId.SessionExpiryInterval))
            reader.Fail(SpecViolation.SessionExpiryFromServer); // [MQTT5-3.14.2-2]
        if (sender == PacketSender.Client && properties.Has(PropertyId.ServerReference))
            reader.Fail(SpecViolation.PropertyNotAllowed); // MQTT5 section 3.14.2.2.5: the server sends it
        if (reader.End() != SpecViolation.None)
            return reader.Violation;

        packet = new DisconnectPacket
        {
            ReasonCode = reasonCode,
            SessionExpiryIntervalSeconds = properties.Number(PropertyId.SessionExpiryInterval),
            ReasonString = properties.Text(PropertyId.ReasonString),
            UserProperties = properties.UserProperties,
            ServerReference = properties.Text(PropertyId.ServerReference),
        };
        return SpecViolation.None;
    }

    public static void Write(ref PacketWriter writer, DisconnectPacket packet, ProtocolVersion version)
    {
        if (version != ProtocolVersion.Mqtt5)
            return;

        var counter = default(PacketWriter);
        WriteProperties(ref counter, packet);
        if (counter.Length == 0 && packet.ReasonCode == ReasonCode.NormalDisconnection)
            return;
        writer.WriteByte((byte)packet.ReasonCode);
        if (counter.Length > 0)
            writer.WriteProperties(packet, WriteProperties);
    }

    private static void WriteProperties(ref PacketWriter writer, DisconnectPacket packet)
    {
        writer.WriteProperty(PropertyId.SessionExpiryInterval, packet.SessionExpiryIntervalSeconds);
        PacketEncoder.WriteReasonedProperties(ref writer, packet);
        writer.WriteProperty(PropertyId.ServerReference, packet.ServerReference);
    }
}
