using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// Decodes the body of a packet whose header <see cref="FrameReader"/> has read. Each method takes exactly the body (for a
/// <see cref="System.Buffers.ReadOnlySequence{T}"/> see <see cref="PacketBody"/>), never throws on input and never reads past it. The answer is None
/// with the packet set, or the first violation found with the packet null (views: default). PUBLISH, acknowledgements and empty bodies allocate nothing;
/// the other packets allocate in proportion to the body, which the caller bounds by the maximum packet size.
/// </summary>
public static class PacketDecoder
{
    /// <summary>CONNECT of any version.</summary>
    /// <returns>
    /// Among others ProtocolNameInvalid and UnsupportedProtocolVersion, to be answered with CONNACK 0x84 or return code 1,
    /// and ClientIdRequired, to be answered with return code 2 [MQTT311-3.1.3-8].
    /// </returns>
    public static SpecViolation DecodeConnect(ReadOnlySpan<byte> body, out ConnectPacket? packet) =>
        ConnectCodec.Decode(body, out packet, out _);

    /// <inheritdoc cref="DecodeConnect(ReadOnlySpan{byte}, out ConnectPacket?)"/>
    /// <param name="protocolLevel">The level that the client tried, whatever the outcome; 0 when the body ends before it.</param>
    public static SpecViolation DecodeConnect(ReadOnlySpan<byte> body, out ConnectPacket? packet, out byte protocolLevel) =>
        ConnectCodec.Decode(body, out packet, out protocolLevel);

    /// <inheritdoc cref="DecodeConnect(ReadOnlySpan{byte}, out ConnectPacket?, out byte)"/>
    /// <param name="header">Read when the version was not yet known.</param>
    public static SpecViolation DecodeConnect(FrameHeader header, ReadOnlySpan<byte> body, out ConnectPacket? packet, out byte protocolLevel)
    {
        var violation = ConnectCodec.Decode(body, out packet, out protocolLevel);
        if (violation != SpecViolation.None || packet!.Version != ProtocolVersion.Mqtt5 || !header.IsPadded)
            return violation;
        packet = null;
        return SpecViolation.VariableByteIntegerPadded; // [MQTT5-1.5.5-1]
    }

    /// <summary>PUBLISH from a client.</summary>
    /// <param name="flags">See <see cref="FrameHeader.Flags"/>.</param>
    /// <param name="packet">Views on <paramref name="body"/>.</param>
    public static SpecViolation DecodePublish(ProtocolVersion version, byte flags, ReadOnlySpan<byte> body, out PublishPacket packet) =>
        PublishDecoder.Decode(version, PacketSender.Client, flags, body, out packet);

    /// <inheritdoc cref="DecodePublish(ProtocolVersion, byte, ReadOnlySpan{byte}, out PublishPacket)"/>
    /// <param name="sender">Only a server's PUBLISH may contain Subscription Identifiers.</param>
    public static SpecViolation DecodePublish(
        ProtocolVersion version, PacketSender sender, byte flags, ReadOnlySpan<byte> body, out PublishPacket packet) =>
        PublishDecoder.Decode(version, sender, flags, body, out packet);

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    /// <param name="packet">Views on <paramref name="body"/>.</param>
    public static SpecViolation DecodeAck(ProtocolVersion version, PacketType type, ReadOnlySpan<byte> body, out AckPacket packet) =>
        AckDecoder.Decode(version, type, body, out packet);

    /// <summary>
    /// Filters of a SUBSCRIBE or UNSUBSCRIBE, counted without allocating: for a caller that bounds them before it decodes. Of a malformed packet those before the fault.
    /// </summary>
    public static int CountFilters(ProtocolVersion version, PacketType type, ReadOnlySpan<byte> body) => FilterCounter.Count(version, type, body);

    public static SpecViolation DecodeSubscribe(ProtocolVersion version, ReadOnlySpan<byte> body, out SubscribePacket? packet) =>
        SubscribeCodec.Decode(version, body, out packet);

    public static SpecViolation DecodeUnsubscribe(ProtocolVersion version, ReadOnlySpan<byte> body, out UnsubscribePacket? packet) =>
        UnsubscribeCodec.Decode(version, body, out packet);

    /// <summary>DISCONNECT from a client.</summary>
    public static SpecViolation DecodeDisconnect(ProtocolVersion version, ReadOnlySpan<byte> body, out DisconnectPacket? packet) =>
        DisconnectCodec.Decode(version, PacketSender.Client, body, out packet);

    /// <inheritdoc cref="DecodeDisconnect(ProtocolVersion, ReadOnlySpan{byte}, out DisconnectPacket?)"/>
    /// <param name="sender">Decides which properties and reason codes are allowed.</param>
    public static SpecViolation DecodeDisconnect(
        ProtocolVersion version, PacketSender sender, ReadOnlySpan<byte> body, out DisconnectPacket? packet) =>
        DisconnectCodec.Decode(version, sender, body, out packet);

    /// <summary>AUTH from a client. 5.0 only: before it <see cref="FrameReader"/> refuses the packet type, and so does this.</summary>
    public static SpecViolation DecodeAuth(ProtocolVersion version, ReadOnlySpan<byte> body, out AuthPacket? packet) =>
        AuthCodec.Decode(version, PacketSender.Client, body, out packet);

    /// <inheritdoc cref="DecodeAuth(ProtocolVersion, ReadOnlySpan{byte}, out AuthPacket?)"/>
    /// <param name="sender">Decides which reason codes are allowed.</param>
    public static SpecViolation DecodeAuth(ProtocolVersion version, PacketSender sender, ReadOnlySpan<byte> body, out AuthPacket? packet) =>
        AuthCodec.Decode(version, sender, body, out packet);

    public static SpecViolation DecodeConnAck(ProtocolVersion version, ReadOnlySpan<byte> body, out ConnAckPacket? packet) =>
        ConnAckCodec.Decode(version, body, out packet);

    public static SpecViolation DecodeSubAck(ProtocolVersion version, ReadOnlySpan<byte> body, out SubAckPacket? packet) =>
        SubAckCodec.Decode(version, body, out packet);

    public static SpecViolation DecodeUnsubAck(ProtocolVersion version, ReadOnlySpan<byte> body, out UnsubAckPacket? packet) =>
        UnsubAckCodec.Decode(version, body, out packet);

    /// <summary>PINGREQ and PINGRESP have no body.</summary>
    public static SpecViolation DecodePing(ReadOnlySpan<byte> body) => body.IsEmpty ? SpecViolation.None : SpecViolation.TrailingBytes;
}
