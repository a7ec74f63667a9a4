using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>CONNACK: <c>flags code [properties]</c> (MQTT5 section 3.2).</summary>
internal static class ConnAckCodec
{
    public static SpecViolation Decode(ProtocolVersion version, ReadOnlySpan<byte> body, out ConnAckPacket? packet)
    {
        packet = null;
        var reader = new PacketReader(body);
        var flags = reader.ReadByte();
        if ((flags & 0xFE) != 0)
            reader.Fail(SpecViolation.ConnAckFlagsInvalid); // [MQTT5-3.2.2-1]
        var reasonCode = ReadReasonCode(ref reader, version);
        if (flags == 1 && reasonCode != ReasonCode.Success)
            reader.Fail(SpecViolation.SessionPresentWithFailure); // [MQTT5-3.2.2-6]

        var properties = PropertyBag.Read(ref reader, version, PropertyScope.ConnAck);
        if (properties.Has(PropertyId.AuthenticationData) && !properties.Has(PropertyId.AuthenticationMethod))
            reader.Fail(SpecViolation.AuthenticationDataWithoutMethod);
        if (reader.End() == SpecViolation.None)
            packet = Create(flags == 1, reasonCode, in properties);
        return reader.Violation;
    }

    public static void Write(ref PacketWriter writer, ConnAckPacket packet, ProtocolVersion version)
    {
        // 3.1 has no Session Present: its byte is reserved.
        writer.WriteByte(packet.SessionPresent && version != ProtocolVersion.Mqtt31 ? (byte)1 : (byte)0);
        if (version != ProtocolVersion.Mqtt5)
        {
            writer.WriteByte(ReasonCodes.ToReturnCode(packet.ReasonCode));
            return;
        }

        writer.WriteByte((byte)packet.ReasonCode);
        writer.WriteProperties(packet, WriteProperties);
    }

    private static ReasonCode ReadReasonCode(ref PacketReader reader, ProtocolVersion version)
    {
        if (version == ProtocolVersion.Mqtt5)
            return reader.ReadReasonCode(PacketType.ConnAck, version, PacketSender.Server);
        if (!ReasonCodes.TryFromReturnCode(reader.ReadByte(), out var code))
            reader.Fail(SpecViolation.ReasonCodeNotAllowed);
        return code;
    }

    private static ConnAckPacket Create(bool sessionPresent, ReasonCode reasonCode, in PropertyBag properties) => new()
    {
        SessionPresent = sessionPresent,
        ReasonCode = reasonCode,
        SessionExpiryIntervalSeconds = properties.Number(PropertyId.SessionExpiryInterval),
        ReceiveMaximum = properties.Number16(PropertyId.ReceiveMaximum) ?? ushort.MaxValue,
        MaximumQoS = (QoS)(properties.Number(PropertyId.MaximumQoS) ?? (uint)QoS.ExactlyOnce),
        RetainAvailable = properties.Flag(PropertyId.RetainAvailable, absent: true),
        MaximumPacketSize = properties.Number(PropertyId.MaximumPacketSize) ?? uint.MaxValue,
        AssignedClientId = properties.Text(PropertyId.AssignedClientIdentifier),
        TopicAliasMaximum = properties.Number16(PropertyId.TopicAliasMaximum) ?? 0,
        ReasonString = properties.Text(PropertyId.ReasonString),
        UserProperties = properties.UserProperties,
        WildcardSubscriptionAvailable = properties.Flag(PropertyId.WildcardSubscriptionAvailable, absent: true),
        SubscriptionIdentifiersAvailable = properties.Flag(PropertyId.SubscriptionIdentifierAvailable, absent: true),
        SharedSubscriptionAvailable = properties.Flag(PropertyId.SharedSubscriptionAvailable, absent: true),
        ServerKeepAliveSeconds = properties.Number16(PropertyId.ServerKeepAlive),
        ResponseInformation = properties.Text(PropertyId.ResponseInformation),
        ServerReference = properties.Text(PropertyId.ServerReference),
        AuthenticationMethod = properties.Text(PropertyId.AuthenticationMethod),
        AuthenticationData = properties.Binary(PropertyId.AuthenticationData),
    };

    private static void WriteProperties(ref PacketWriter writer, ConnAckPacket packet)
    {
        writer.WriteProperty(PropertyId.SessionExpiryInterval, packet.SessionExpiryIntervalSeconds);
        writer.WriteProperty(PropertyId.ReceiveMaximum, packet.ReceiveMaximum, absent: ushort.MaxValue);
        writer.WriteProperty(PropertyId.MaximumQoS, (uint)packet.MaximumQoS, absent: (uint)QoS.ExactlyOnce);
        writer.WriteProperty(PropertyId.RetainAvailable, packet.RetainAvailable, absent: true);
        writer.WriteProperty(PropertyId.MaximumPacketSize, packet.MaximumPacketSize, absent: uint.MaxValue);
        writer.WriteProperty(PropertyId.AssignedClientIdentifier, packet.AssignedClientId);
        writer.WriteProperty(PropertyId.TopicAliasMaximum, packet.TopicAliasMaximum, absent: 0);
        writer.WriteProperty(PropertyId.ReasonString, packet.ReasonString);
        writer.WriteUserProperties(packet.UserProperties);
        writer.WriteProperty(PropertyId.WildcardSubscriptionAvailable, packet.WildcardSubscriptionAvailable, absent: true);
        writer.WriteProperty(PropertyId.SubscriptionIdentifierAvailable, packet.SubscriptionIdentifiersAvailable, absent: true);
        writer.WriteProperty(PropertyId.SharedSubscriptionAvailable, packet.SharedSubscriptionAvailable, absent: true);
        writer.WriteProperty(PropertyId.ServerKeepAlive, packet.ServerKeepAliveSeconds);
        writer.WriteProperty(PropertyId.ResponseInformation, packet.ResponseInformation);
        writer.WriteProperty(PropertyId.ServerReference, packet.ServerReference);
        writer.WriteProperty(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        writer.WriteProperty(PropertyId.AuthenticationData, packet.AuthenticationData);
    }
}
