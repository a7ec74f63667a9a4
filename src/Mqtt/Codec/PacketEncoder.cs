using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// Encodes packets into the caller's memory; never allocates for PUBLISH, acknowledgements and pings. What is to be encoded is ours: a value that
/// MQTT cannot express (a string above 65,535 bytes, a destination that is too short) throws.
/// </summary>
public static partial class PacketEncoder
{
    /// <summary>One byte, four of Remaining Length, and the greatest Remaining Length: 268 435 460 bytes.</summary>
    public const int MaximumPacketLength = 1 + VariableByteInteger.MaximumLength + VariableByteInteger.MaximumValue;

    /// <summary>Every acknowledgement without properties fits.</summary>
    public const int MaximumAckLength = 5;

    public static ReadOnlySpan<byte> PingReq => [(byte)PacketType.PingReq << 4, 0];

    public static ReadOnlySpan<byte> PingResp => [(byte)PacketType.PingResp << 4, 0];

    /// <summary>Bytes of the whole packet.</summary>
    /// <param name="version">CONNECT goes by its own <see cref="ConnectPacket.Version"/>.</param>
    /// <exception cref="OverflowException">A string or binary is longer than 65,535 bytes.</exception>
    public static int Measure(ControlPacket packet, ProtocolVersion version)
    {
        var counter = default(PacketWriter);
        WriteBody(ref counter, packet, version);
        return PacketLength(counter.Length);
    }

    /// <summary>Writes the whole packet. In 3.x reason codes become return codes and 5.0's fields are left out.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, ControlPacket packet, ProtocolVersion version)
    {
        var counter = default(PacketWriter);
        WriteBody(ref counter, packet, version);
        var writer = new PacketWriter(destination);
        writer.WriteByte((byte)(((int)packet.Type << 4) | FlagsOf(packet.Type)));
        writer.WriteVariableByteInteger(counter.Length);
        WriteBody(ref writer, packet, version);
        return writer.Length;
    }

    /// <summary>
    /// Leaves out the User Properties and then the Reason String until the packet fits, as for CONNACK [MQTT5-3.2.2-19] [MQTT5-3.2.2-20],
    /// SUBACK [MQTT5-3.9.2-1] [MQTT5-3.9.2-2], UNSUBACK [MQTT5-3.11.2-1] [MQTT5-3.11.2-2], DISCONNECT [MQTT5-3.14.2-3] [MQTT5-3.14.2-4]
    /// and AUTH [MQTT5-3.15.2-2] [MQTT5-3.15.2-3].
    /// </summary>
    /// <param name="maximumPacketSize">The receiver's, in bytes.</param>
    /// <returns>The packet, a shorter copy, or null when it does not fit even then [MQTT5-3.1.2-24].</returns>
    public static TPacket? Fit<TPacket>(TPacket packet, ProtocolVersion version, uint maximumPacketSize)
        where TPacket : ReasonedPacket
    {
        if (Measure(packet, version) <= maximumPacketSize)
            return packet;

        ReasonedPacket shorter = packet with { UserProperties = [] };
        if (Measure(shorter, version) > maximumPacketSize)
            shorter = shorter with { ReasonString = null };
        return Measure(shorter, version) <= maximumPacketSize ? (TPacket)shorter : null;
    }

    internal static void WriteReasonedProperties(ref PacketWriter writer, ReasonedPacket packet)
    {
        writer.WriteProperty(PropertyId.ReasonString, packet.ReasonString);
        writer.WriteUserProperties(packet.UserProperties);
    }

    private static int PacketLength(int remainingLength) => 1 + VariableByteInteger.LengthOf(remainingLength) + remainingLength;

    // Reserved, but not 0 [MQTT5-3.6.1-1] [MQTT5-3.8.1-1] [MQTT5-3.10.1-1].
    private static int FlagsOf(PacketType type) => type is PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe ? 0b0010 : 0;

    private static void WriteBody(ref PacketWriter writer, ControlPacket packet, ProtocolVersion version)
    {
        switch (packet)
        {
            case ConnectPacket connect:
                ConnectCodec.Write(ref writer, connect);
                break;
            case ConnAckPacket connAck:
                ConnAckCodec.Write(ref writer, connAck, version);
                break;
            case SubscribePacket subscribe:
                SubscribeCodec.Write(ref writer, subscribe, version);
                break;
            case SubAckPacket subAck:
                SubAckCodec.Write(ref writer, subAck, version);
                break;
            case UnsubscribePacket unsubscribe:
                UnsubscribeCodec.Write(ref writer, unsubscribe, version);
                break;
            case UnsubAckPacket unsubAck:
                UnsubAckCodec.Write(ref writer, unsubAck, version);
                break;
            case DisconnectPacket disconnect:
                DisconnectCodec.Write(ref writer, disconnect, version);
                break;
            case AuthPacket auth:
                AuthCodec.Write(ref writer, auth);
                break;
        }
    }
}
