using System.Buffers.Binary;

namespace OrleansBroker.TestKit.WebSockets;

/// <summary>One frame of a WebSocket (RFC 6455, section 5.2).</summary>
/// <param name="IsFinal">The last of its message.</param>
public sealed record WebSocketFrame(Opcode Opcode, byte[] Payload, bool IsFinal = true)
{
    private const int LargestShort = 125;
    private const byte TwoByteLength = 126;
    private const byte EightByteLength = 127;
    private const byte MaskedBit = 0x80;
    private const int MaskBytes = 4;

    // First byte, second byte, eight of length, mask.
    private const int LongestHeader = 1 + 1 + 8 + MaskBytes;

    public static WebSocketFrame Binary(params byte[] payload) => new(Opcode.Binary, payload);

    public static WebSocketFrame Ping(params byte[] payload) => new(Opcode.Ping, payload);

    public static WebSocketFrame Close(int status)
    {
        var payload = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
        return new WebSocketFrame(Opcode.Close, payload);
    }

    /// <summary>The status of a close frame; 1005, "none", where it has none.</summary>
    public int CloseStatus => Payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>As a client must send it.</summary>
    public byte[] ToBytes(uint mask = 0x5AC3_0F69)
    {
        var bytes = new byte[LongestHeader + Payload.Length];
        var length = Write(bytes, Opcode, IsFinal, Payload, mask);
        return bytes[..length];
    }

    /// <summary>As only servers may send it.</summary>
    public byte[] ToUnmaskedBytes()
    {
        Span<byte> header = stackalloc byte[LongestHeader];
        return [.. header[..WriteHeader(header, Opcode, IsFinal, Payload.Length)], .. Payload];
    }

    /// <summary>First byte and an eight-byte length alone, masked with zeros: for payloads that never come.</summary>
    public static byte[] HeaderOf(Opcode opcode, long length)
    {
        var header = new byte[LongestHeader];
        header[0] = (byte)(0x80 | (int)opcode);
        header[1] = MaskedBit | EightByteLength;
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(2), length);
        return header;
    }

    /// <summary>Writes a masked frame.</summary>
    /// <returns>Its length.</returns>
    internal static int Write(Span<byte> target, Opcode opcode, bool isFinal, ReadOnlySpan<byte> payload, uint mask)
    {
        var header = WriteHeader(target, opcode, isFinal, payload.Length);
        target[1] |= MaskedBit;
        BinaryPrimitives.WriteUInt32BigEndian(target[header..], mask);
        var masked = target.Slice(header + MaskBytes, payload.Length);
        for (var i = 0; i < payload.Length; i++)
            masked[i] = (byte)(payload[i] ^ (byte)(mask >> (8 * (3 - (i & 3)))));
        return header + MaskBytes + payload.Length;
    }

    /// <summary>Room that suffices for a frame.</summary>
    internal static int MaxLength(int payloadLength) => LongestHeader + payloadLength;

    private static int WriteHeader(Span<byte> target, Opcode opcode, bool isFinal, long length)
    {
        target[0] = (byte)((isFinal ? 0x80 : 0) | (int)opcode);
        if (length <= LargestShort)
        {
            target[1] = (byte)length;
            return 2;
        }

        if (length <= ushort.MaxValue)
        {
            target[1] = TwoByteLength;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
            return 4;
        }

        target[1] = EightByteLength;
        BinaryPrimitives.WriteInt64BigEndian(target[2..], length);
        return 10;
    }
}
