using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// CONNECT (MQTT5 section 3.1): <c>name level flags keep-alive [properties] client-id [[will-properties] will-topic will-payload] [user-name] [password]</c>.
/// </summary>
internal static class ConnectCodec
{
    private const int WillQoSShift = 3;

    private static ReadOnlySpan<byte> Name => "MQTT"u8;

    private static ReadOnlySpan<byte> Name31 => "MQIsdp"u8;

    public static SpecViolation Decode(ReadOnlySpan<byte> body, out ConnectPacket? packet, out byte protocolLevel)
    {
        packet = null;
        var reader = new PacketReader(body);
        var version = ReadVersion(ref reader, out protocolLevel);
        var flags = ReadFlags(ref reader, version);
        var keepAlive = reader.ReadUInt16();
        var properties = PropertyBag.Read(ref reader, version, PropertyScope.Connect);
        if (properties.Has(PropertyId.AuthenticationData) && !properties.Has(PropertyId.AuthenticationMethod))
            reader.Fail(SpecViolation.AuthenticationDataWithoutMethod);

        // In this order [MQTT5-3.1.3-1] [MQTT311-3.1.3-1]; the flags say what is there [MQTT5-3.1.2-9] [MQTT5-3.1.2-16] [MQTT5-3.1.2-17]
        // [MQTT5-3.1.2-18] [MQTT5-3.1.2-19] [MQTT311-3.1.2-9] [MQTT311-3.1.2-18] [MQTT311-3.1.2-19] [MQTT311-3.1.2-20] [MQTT311-3.1.2-21].
        var clientId = reader.ReadString(); // [MQTT5-3.1.3-3] [MQTT5-3.1.3-4] [MQTT311-3.1.3-3] [MQTT311-3.1.3-4]
        CheckClientId(ref reader, version, flags, clientId);
        var will = flags.HasFlag(ConnectFlags.Will) ? ReadWill(ref reader, version, flags) : null;
        var userName = IsPresent(in reader, version, flags, ConnectFlags.UserName) ? reader.ReadString() : null; // [MQTT5-3.1.3-12] [MQTT311-3.1.3-11]
        var password = IsPresent(in reader, version, flags, ConnectFlags.Password) ? reader.ReadBinary().ToArray() : null;
        if (reader.End() != SpecViolation.None)
            return reader.Violation;

        packet = Create(version, flags, keepAlive, in properties) with
        {
            ClientId = clientId,
            Will = will,
            UserName = userName,
            Password = password,
        };
        return SpecViolation.None;
    }

    public static void Write(ref PacketWriter writer, ConnectPacket packet)
    {
        var version = packet.Version;
        writer.WriteBinary(version == ProtocolVersion.Mqtt31 ? Name31 : Name);
        writer.WriteByte((byte)version);
        writer.WriteByte((byte)FlagsOf(packet));
        writer.WriteUInt16(packet.KeepAliveSeconds);
        if (version == ProtocolVersion.Mqtt5)
            writer.WriteProperties(packet, WriteProperties);

        writer.WriteString(packet.ClientId);
        if (packet.Will is { } will)
            WriteWill(ref writer, will, version);
        if (packet.UserName is { } userName)
            writer.WriteString(userName);
        if (packet.Password is { } password)
            writer.WriteBinary(password);
    }

    private static ProtocolVersion ReadVersion(ref PacketReader reader, out byte protocolLevel)
    {
        var name = reader.ReadBinary();
        protocolLevel = reader.ReadByte();
        if (reader.Failed)
            return default;

        var version = (ProtocolVersion)protocolLevel;
        var is31 = name.SequenceEqual(Name31);
        if (!is31 && !name.SequenceEqual(Name))
            reader.Fail(SpecViolation.ProtocolNameInvalid); // [MQTT5-3.1.2-1]
        else if (is31 ? version != ProtocolVersion.Mqtt31 : version is not (ProtocolVersion.Mqtt311 or ProtocolVersion.Mqtt5))
            reader.Fail(SpecViolation.UnsupportedProtocolVersion); // [MQTT5-3.1.2-2]; bridges' bit 0x80 included
        return version;
    }

    private static ConnectFlags ReadFlags(ref PacketReader reader, ProtocolVersion version)
    {
        var flags = (ConnectFlags)reader.ReadByte();
        var violation = CheckFlags(version, flags);
        if (violation != SpecViolation.None)
            reader.Fail(violation);
        return reader.Failed ? ConnectFlags.None : flags;
    }

    private static SpecViolation CheckFlags(ProtocolVersion version, ConnectFlags flags)
    {
        if (flags.HasFlag(ConnectFlags.WillQoS) && (flags.HasFlag(ConnectFlags.Will) || version != ProtocolVersion.Mqtt31))
            return SpecViolation.WillQoSInvalid; // [MQTT5-3.1.2-12]
        var passwordAlone = flags.HasFlag(ConnectFlags.Password) && !flags.HasFlag(ConnectFlags.UserName);
        if (passwordAlone && version != ProtocolVersion.Mqtt5)
            return SpecViolation.PasswordWithoutUserName; // [MQTT311-3.1.2-22]; "not valid" in MQTT 3.1 section 3.1
        if (version == ProtocolVersion.Mqtt31)
            return SpecViolation.None; // 3.1 calls the bits checked below unused, not zero
        if (flags.HasFlag(ConnectFlags.Reserved))
            return SpecViolation.ConnectFlagInvalid; // [MQTT5-3.1.2-3]
        if (!flags.HasFlag(ConnectFlags.Will) && (flags & ConnectFlags.WillQoS) != 0)
            return SpecViolation.WillQoSWithoutWill; // [MQTT5-3.1.2-11] [MQTT311-3.1.2-11]
        var retainAlone = flags.HasFlag(ConnectFlags.WillRetain) && !flags.HasFlag(ConnectFlags.Will);
        return retainAlone ? SpecViolation.WillRetainWithoutWill : SpecViolation.None; // [MQTT5-3.1.2-13]
    }

    private static void CheckClientId(ref PacketReader reader, ProtocolVersion version, ConnectFlags flags, string clientId)
    {
        if (reader.Failed || clientId.Length > 0 || version == ProtocolVersion.Mqtt5)
            return;

        // 3.1 wants 1 to 23 characters always; longer ones are accepted, as its successors do.
        if (version == ProtocolVersion.Mqtt31 || !flags.HasFlag(ConnectFlags.CleanStart))
            reader.Fail(SpecViolation.ClientIdRequired); // [MQTT311-3.1.3-7] [MQTT311-3.1.3-8]
    }

    // In 3.1 Remaining Length goes before the flags: a client may set them and send no string (MQTT 3.1 section 3.1).
    private static bool IsPresent(in PacketReader reader, ProtocolVersion version, ConnectFlags flags, ConnectFlags flag) =>
        flags.HasFlag(flag) && !(version == ProtocolVersion.Mqtt31 && reader.IsDone);

    private static WillPacket? ReadWill(ref PacketReader reader, ProtocolVersion version, ConnectFlags flags)
    {
        var properties = PropertyBag.Read(ref reader, version, PropertyScope.Will);
        var topicUtf8 = reader.ReadBinary(); // [MQTT5-3.1.3-11] [MQTT311-3.1.3-10]
        var payload = reader.ReadBinary();
        if (reader.Failed)
            return null;
        if (!TopicName.TryParse(topicUtf8, out var topic, out var violation))
        {
            reader.Fail(violation);
            return null;
        }

        return new WillPacket
        {
            Topic = topic!,
            Payload = payload.ToArray(),
            QoS = (QoS)((int)(flags & ConnectFlags.WillQoS) >> WillQoSShift),
            Retain = flags.HasFlag(ConnectFlags.WillRetain),
            DelayIntervalSeconds = properties.Number(PropertyId.WillDelayInterval) ?? 0,
            HasMessageExpiryInterval = properties.Has(PropertyId.MessageExpiryInterval),
            MessageExpiryIntervalSeconds = properties.Number(PropertyId.MessageExpiryInterval) ?? 0,
            ForwardedProperties = properties.Forwarded(),
        };
    }

    private static ConnectPacket Create(ProtocolVersion version, ConnectFlags flags, ushort keepAlive, in PropertyBag properties)
    {
        var cleanStart = flags.HasFlag(ConnectFlags.CleanStart);
        var expiryOf3 = cleanStart ? 0 : uint.MaxValue;
        return new ConnectPacket
        {
            Version = version,
            ClientId = "",
            CleanStart = cleanStart,
            KeepAliveSeconds = keepAlive,
            HasSessionExpiry = properties.Has(PropertyId.SessionExpiryInterval),
            SessionExpiryIntervalSeconds =
                version == ProtocolVersion.Mqtt5 ? properties.Number(PropertyId.SessionExpiryInterval) ?? 0 : expiryOf3,
            ReceiveMaximum = properties.Number16(PropertyId.ReceiveMaximum) ?? ushort.MaxValue,
            MaximumPacketSize = properties.Number(PropertyId.MaximumPacketSize) ?? uint.MaxValue,
            TopicAliasMaximum = properties.Number16(PropertyId.TopicAliasMaximum) ?? 0,
            RequestResponseInformation = properties.Flag(PropertyId.RequestResponseInformation, absent: false),
            RequestProblemInformation = properties.Flag(PropertyId.RequestProblemInformation, absent: true),
            UserProperties = properties.UserProperties,
            AuthenticationMethod = properties.Text(PropertyId.AuthenticationMethod),
            AuthenticationData = properties.Binary(PropertyId.AuthenticationData),
        };
    }

    private static ConnectFlags FlagsOf(ConnectPacket packet)
    {
        var flags = packet.CleanStart ? ConnectFlags.CleanStart : ConnectFlags.None;
        if (packet.Will is { } will)
        {
            flags |= ConnectFlags.Will | (ConnectFlags)((int)will.QoS << WillQoSShift);
            flags |= will.Retain ? ConnectFlags.WillRetain : ConnectFlags.None;
        }

        flags |= packet.Password is null ? ConnectFlags.None : ConnectFlags.Password;
        return flags | (packet.UserName is null ? ConnectFlags.None : ConnectFlags.UserName);
    }

    private static void WriteProperties(ref PacketWriter writer, ConnectPacket packet)
    {
        writer.WriteProperty(PropertyId.SessionExpiryInterval, packet.HasSessionExpiry ? packet.SessionExpiryIntervalSeconds : null);
        writer.WriteProperty(PropertyId.ReceiveMaximum, packet.ReceiveMaximum, absent: ushort.MaxValue);
        writer.WriteProperty(PropertyId.MaximumPacketSize, packet.MaximumPacketSize, absent: uint.MaxValue);
        writer.WriteProperty(PropertyId.TopicAliasMaximum, packet.TopicAliasMaximum, absent: 0);
        writer.WriteProperty(PropertyId.RequestResponseInformation, packet.RequestResponseInformation, absent: false);
        writer.WriteProperty(PropertyId.RequestProblemInformation, packet.RequestProblemInformation, absent: true);
        writer.WriteUserProperties(packet.UserProperties);
        writer.WriteProperty(PropertyId.AuthenticationMethod, packet.AuthenticationMethod);
        writer.WriteProperty(PropertyId.AuthenticationData, packet.AuthenticationData);
    }

    private static void WriteWill(ref PacketWriter writer, WillPacket will, ProtocolVersion version)
    {
        if (version == ProtocolVersion.Mqtt5)
            writer.WriteProperties(will, WriteWillProperties);

        writer.WriteBinary(will.Topic.Utf8.Span);
        writer.WriteBinary(will.Payload);
    }

    private static void WriteWillProperties(ref PacketWriter writer, WillPacket will)
    {
        writer.WriteProperty(PropertyId.WillDelayInterval, will.DelayIntervalSeconds, absent: 0);
        writer.WriteProperty(PropertyId.MessageExpiryInterval, will.HasMessageExpiryInterval ? will.MessageExpiryIntervalSeconds : null);
        writer.WriteRaw(will.ForwardedProperties);
    }
}
