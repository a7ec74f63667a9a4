using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>AUTH: <c>[code properties]</c> (MQTT5 section 3.15).</summary>
internal static class AuthCodec
{
    public static SpecViolation Decode(ProtocolVersion version, PacketSender sender, ReadOnlySpan<byte> body, out AuthPacket? packet)
    {
        packet = null;
        if (version != ProtocolVersion.Mqtt5)
            return SpecViolation.PacketTypeInvalid;
        if (body.IsEmpty)
        {
            // Means Success, which only servers say.
            if (sender == PacketSender.Client)
                return SpecViolation.ReasonCodeNotAllowed;
            packet = new AuthPacket();
            return SpecViolation.None;
        }

        var reader = new PacketReader(body);
        var reasonCode = reader.ReadReasonCode(PacketType.Auth, version, sender);
        var properties = PropertyBag.Read(ref reader, version, PropertyScope.Auth);
        if (!properties.Has(PropertyId.AuthenticationMethod))
            reader.Fail(SpecViolation.AuthenticationMethodMissing);
        if (reader.End() != SpecViolation.None)
            return reader.Violation;

        packet = new AuthPacket
        {
            ReasonCode = reasonCode,
            AuthenticationMethod = properties.Text(PropertyId.AuthenticationMethod),
            AuthenticationData = properties.Binary(PropertyId.AuthenticationData),
            ReasonString = properties.Text(PropertyId.ReasonString),
            UserProperties = properties.UserProperties,
        };
        return SpecViolation.None;
    }

    public static void Write(ref PacketWriter writer, AuthPacket packet)
    {
        var counter = default(PacketWriter);
        WriteProperties(ref counter, packet);
        if (counter.Length == 0 && packet.ReasonCode == ReasonCode.Success)
            return;
        writer.WriteByte((byte)packet.ReasonCode);
        writer.WriteProperties(packet, WriteProperties);
    }

    private static void WriteProperties(ref PacketWriter writer, AuthPacket packet)
    {
        writer.WriteProperty(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        writer.WriteProperty(PropertyId.AuthenticationData, packet.AuthenticationData);
        PacketEncoder.WriteReasonedProperties(ref writer, packet);
    }
}
