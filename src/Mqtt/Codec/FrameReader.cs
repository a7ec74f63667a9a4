using System.Buffers;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>Reads the fixed header of the next packet. Allocates nothing, never throws on input.</summary>
public static class FrameReader
{
    /// <summary>First byte, then up to four bytes of Remaining Length.</summary>
    private const int LongestHeader = 1 + VariableByteInteger.MaximumLength;

    /// <summary>Before CONNECT: any version's packet types, a padded Remaining Length passes because 3.x does not forbid it (5.0: DecodeConnect).</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, ProtocolVersion, int, out FrameHeader, out SpecViolation)"/>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> buffer, int maximumPacketSize, out FrameHeader header, out SpecViolation violation) =>
        TryRead(buffer, default, maximumPacketSize, out header, out violation);

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, int, out FrameHeader, out SpecViolation)"/>
    public static DecodeStatus TryRead(
        in ReadOnlySequence<byte> buffer, int maximumPacketSize, out FrameHeader header, out SpecViolation violation) =>
        TryRead(in buffer, default, maximumPacketSize, out header, out violation);

    /// <summary>Reads the fixed header; the body may still be missing, see <see cref="FrameHeader.PacketLength"/>.</summary>
    /// <param name="buffer">Bytes not yet consumed, from the start of a packet; may end anywhere. Not retained.</param>
    /// <param name="version">The connection's version; 0 before CONNECT.</param>
    /// <param name="maximumPacketSize">Bytes of a whole packet that the caller accepts.</param>
    /// <param name="header">Set when done.</param>
    /// <param name="violation">Set with Violation, as early as the bytes show it.</param>
    public static DecodeStatus TryRead(
        ReadOnlySpan<byte> buffer, ProtocolVersion version, int maximumPacketSize, out FrameHeader header, out SpecViolation violation)
    {
        header = default;
        violation = SpecViolation.None;
        if (buffer.IsEmpty)
            return DecodeStatus.NeedMoreData;

        var type = (PacketType)(buffer[0] >> 4);
        var flags = (byte)(buffer[0] & 0x0F);
        violation = CheckFirstByte(type, flags, version);
        if (violation != SpecViolation.None)
            return DecodeStatus.Violation;

        var status = VariableByteInteger.TryRead(buffer[1..], out var remainingLength, out var length);
        if (status == DecodeStatus.NeedMoreData)
            return status;

        violation = CheckLength(status, remainingLength, length, version, maximumPacketSize);
        if (violation != SpecViolation.None)
            return DecodeStatus.Violation;

        header = new FrameHeader(type, flags, 1 + length, remainingLength);
        return DecodeStatus.Done;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, ProtocolVersion, int, out FrameHeader, out SpecViolation)"/>
    public static DecodeStatus TryRead(
        in ReadOnlySequence<byte> buffer, ProtocolVersion version, int maximumPacketSize, out FrameHeader header, out SpecViolation violation)
    {
        if (buffer.IsSingleSegment || buffer.FirstSpan.Length >= LongestHeader)
            return TryRead(buffer.FirstSpan, version, maximumPacketSize, out header, out violation);

        Span<byte> start = stackalloc byte[LongestHeader];
        var available = (int)Math.Min(buffer.Length, LongestHeader);
        buffer.Slice(0, available).CopyTo(start);
        return TryRead(start[..available], version, maximumPacketSize, out header, out violation);
    }

    private static SpecViolation CheckFirstByte(PacketType type, byte flags, ProtocolVersion version)
    {
        switch (type)
        {
            case 0:
            case PacketType.Auth when version is ProtocolVersion.Mqtt31 or ProtocolVersion.Mqtt311:
                return SpecViolation.PacketTypeInvalid;
            case PacketType.Publish:
                return SpecViolation.None;
            case PacketType.PubRel:
            case PacketType.Subscribe:
            case PacketType.Unsubscribe:
                // 3.1 knew the DUP flag on these three as well (MQTT 3.1 section 2.1).
                var significant = version == ProtocolVersion.Mqtt31 ? flags & 0b0111 : flags;
                // [MQTT5-2.1.3-1] [MQTT5-3.6.1-1] [MQTT5-3.8.1-1] [MQTT5-3.10.1-1] [MQTT311-2.2.2-1] [MQTT311-3.6.1-1] [MQTT311-3.8.1-1] [MQTT311-3.10.1-1]
                return significant == 0b0010 ? SpecViolation.None : SpecViolation.FixedHeaderFlags;
            default:
                return flags == 0 ? SpecViolation.None : SpecViolation.FixedHeaderFlags; // [MQTT5-2.1.3-1] [MQTT5-3.14.1-1] [MQTT5-3.15.1-1] [MQTT311-2.2.2-1] [MQTT311-3.14.1-1]
        }
    }

    private static SpecViolation CheckLength(DecodeStatus status, int remainingLength, int length, ProtocolVersion version, int maximumPacketSize)
    {
        if (status == DecodeStatus.Violation)
            return SpecViolation.VariableByteIntegerTooLong;
        if (version == ProtocolVersion.Mqtt5 && length != VariableByteInteger.LengthOf(remainingLength))
            return SpecViolation.VariableByteIntegerPadded; // [MQTT5-1.5.5-1]
        return 1 + length + remainingLength > maximumPacketSize ? SpecViolation.PacketTooLarge : SpecViolation.None;
    }
}
