namespace OrleansBroker.Mqtt.Codec;

/// <summary>Variable Byte Integer: 7 bits a byte, least significant first, bit 7 says that more follow (MQTT5 section 1.5.5).</summary>
internal static class VariableByteInteger
{
    public const int MaximumLength = 4;

    /// <summary>Four bytes of seven bits: 2^28 - 1.</summary>
    public const int MaximumValue = (1 << (7 * MaximumLength)) - 1;

    /// <summary>Reads one; does not judge padding, see <see cref="LengthOf"/>.</summary>
    /// <param name="buffer">May end in mid-integer.</param>
    /// <param name="length">1..4 when done, otherwise 0.</param>
    /// <returns>Done; NeedMoreData; Violation after a fourth continuation bit.</returns>
    public static DecodeStatus TryRead(ReadOnlySpan<byte> buffer, out int value, out int length)
    {
        value = 0;
        length = 0;
        var available = Math.Min(buffer.Length, MaximumLength);
        for (var i = 0; i < available; i++)
        {
            value |= (buffer[i] & 0x7F) << (7 * i);
            if (buffer[i] < 0x80)
            {
                length = i + 1;
                return DecodeStatus.Done;
            }
        }

        value = 0;
        return buffer.Length >= MaximumLength ? DecodeStatus.Violation : DecodeStatus.NeedMoreData;
    }

    /// <summary>The least number of bytes for a value, which is the only valid one [MQTT5-1.5.5-1].</summary>
    public static int LengthOf(int value) => value switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        _ => 4,
    };

    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, int value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            destination[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length++] = (byte)value;
        return length;
    }
}
