using System.Buffers.Binary;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Codec;

/// <content>PUBLISH.</content>
public static partial class PacketEncoder
{
    private const int DupFlag = 1 << 3;

    /// <summary>Bytes of a whole PUBLISH.</summary>
    /// <param name="propertiesLength">All properties without their length, see <see cref="PublishPropertiesLength"/>; ignored before 5.0.</param>
    /// <returns><see cref="int.MaxValue"/> when MQTT cannot express the packet: above <see cref="MaximumPacketLength"/>.</returns>
    public static int PublishLength(ProtocolVersion version, int topicLength, bool hasPacketIdentifier, int propertiesLength, int payloadLength)
    {
        var remaining = PublishRemainingLength(version, topicLength, hasPacketIdentifier, propertiesLength, payloadLength);
        return remaining > VariableByteInteger.MaximumValue ? int.MaxValue : PacketLength((int)remaining);
    }

    /// <summary>Bytes of the whole PUBLISH that <see cref="WritePublish"/> writes from the same values.</summary>
    /// <inheritdoc cref="PublishLength(ProtocolVersion, int, bool, int, int)"/>
    public static int PublishLength(
        ProtocolVersion version,
        QoS qos,
        int topicLength,
        int forwardedPropertiesLength,
        bool hasExpiry,
        ReadOnlySpan<uint> subscriptionIdentifiers,
        int payloadLength,
        ushort topicAlias = 0) =>
        PublishLength(
            version,
            topicLength,
            qos != QoS.AtMostOnce,
            PublishPropertiesLength(forwardedPropertiesLength, hasExpiry, subscriptionIdentifiers, topicAlias),
            payloadLength);

    /// <summary>Bytes of a 5.0 PUBLISH's properties without their length.</summary>
    public static int PublishPropertiesLength(
        int forwardedPropertiesLength, bool hasExpiry, ReadOnlySpan<uint> subscriptionIdentifiers, ushort topicAlias = 0)
    {
        var length = forwardedPropertiesLength;
        length += hasExpiry ? sizeof(byte) + sizeof(uint) : 0;
        length += topicAlias == 0 ? 0 : sizeof(byte) + sizeof(ushort);
        foreach (var identifier in subscriptionIdentifiers)
            length += sizeof(byte) + VariableByteInteger.LengthOf((int)identifier);
        return length;
    }

    /// <summary>Writes a whole PUBLISH; the properties are left out before 5.0.</summary>
    /// <param name="destination">At least <see cref="PublishLength(ProtocolVersion, int, bool, int, int)"/> bytes.</param>
    /// <param name="topic">May be empty with a topic alias.</param>
    /// <param name="packetIdentifier">Ignored at QoS 0.</param>
    /// <param name="forwardedProperties">Encoded, see <see cref="PublishProperties.WriteForwarded"/>.</param>
    /// <param name="expirySeconds">What is left of the Message Expiry Interval, when <paramref name="hasExpiry"/> [MQTT5-3.3.2-6].</param>
    /// <param name="subscriptionIdentifiers">Each 1..268 435 455.</param>
    /// <param name="topicAlias">0 = none.</param>
    /// <returns>The bytes written.</returns>
    public static int WritePublish(
        Span<byte> destination,
        ProtocolVersion version,
        QoS qos,
        bool dup,
        bool retain,
        ReadOnlySpan<byte> topic,
        ushort packetIdentifier,
        ReadOnlySpan<byte> forwardedProperties,
        bool hasExpiry,
        uint expirySeconds,
        ReadOnlySpan<uint> subscriptionIdentifiers,
        ReadOnlySpan<byte> payload,
        ushort topicAlias = 0)
    {
        var propertiesLength = PublishPropertiesLength(forwardedProperties.Length, hasExpiry, subscriptionIdentifiers, topicAlias);
        var remaining = PublishRemainingLength(version, topic.Length, qos != QoS.AtMostOnce, propertiesLength, payload.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(remaining, VariableByteInteger.MaximumValue);

        var writer = new PacketWriter(destination);
        writer.WriteByte(PublishFirstByte(qos, dup, retain));
        writer.WriteVariableByteInteger((int)remaining);
        writer.WriteBinary(topic);
        if (qos != QoS.AtMostOnce)
            writer.WriteUInt16(packetIdentifier);
        if (version == ProtocolVersion.Mqtt5)
        {
            writer.WriteVariableByteInteger(propertiesLength);
            if (propertiesLength > forwardedProperties.Length)
                WriteOwnProperties(ref writer, hasExpiry, expirySeconds, subscriptionIdentifiers, topicAlias);
            writer.WriteRaw(forwardedProperties);
        }

        writer.WriteRaw(payload);
        return writer.Length;
    }

    /// <summary>
    /// Makes an encoded PUBLISH of QoS 1 or 2 another delivery of the same message: a fan-out encodes once, copies, and patches each copy.
    /// </summary>
    /// <param name="packet">The whole packet, as <see cref="WritePublish"/> wrote it.</param>
    public static void PatchPublish(Span<byte> packet, bool dup, ushort packetIdentifier)
    {
        packet[0] = (byte)((packet[0] & ~DupFlag) | (dup ? DupFlag : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet[PacketIdentifierOffset(packet)..], packetIdentifier);
    }

    private static void WriteOwnProperties(
        ref PacketWriter writer, bool hasExpiry, uint expirySeconds, ReadOnlySpan<uint> subscriptionIdentifiers, ushort topicAlias)
    {
        writer.WriteProperty(PropertyId.TopicAlias, topicAlias, absent: 0);
        writer.WriteProperty(PropertyId.MessageExpiryInterval, hasExpiry ? expirySeconds : null);
        foreach (var identifier in subscriptionIdentifiers)
            writer.WriteProperty(PropertyId.SubscriptionIdentifier, identifier);
    }

    private static int PacketIdentifierOffset(ReadOnlySpan<byte> packet)
    {
        VariableByteInteger.TryRead(packet[1..], out _, out var length);
        var topicLength = BinaryPrimitives.ReadUInt16BigEndian(packet[(1 + length)..]);
        return 1 + length + sizeof(ushort) + topicLength;
    }

    private static byte PublishFirstByte(QoS qos, bool dup, bool retain) =>
        (byte)(((int)PacketType.Publish << 4) | (dup ? DupFlag : 0) | ((int)qos << 1) | (retain ? 1 : 0));

    private static long PublishRemainingLength(
        ProtocolVersion version, int topicLength, bool hasPacketIdentifier, int propertiesLength, int payloadLength)
    {
        // long: the parts are bounded one by one, their sum is not.
        long length = sizeof(ushort) + topicLength + (hasPacketIdentifier ? sizeof(ushort) : 0);
        if (version == ProtocolVersion.Mqtt5)
            length += VariableByteInteger.LengthOf(propertiesLength) + (long)propertiesLength;
        return length + payloadLength;
    }
}
