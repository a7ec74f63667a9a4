using System.Buffers;
using System.Text;

namespace OrleansBroker.Api.Frame;

/// <summary>Percent-encoded text of a request target, decoded once and strictly.</summary>
internal static class PercentText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>False for half an encoding, for what is no UTF-8 (overlong forms and surrogates are none), and for U+0000, which no text of MQTT has.</summary>
    public static bool TryDecode(ReadOnlySpan<char> raw, out string text)
    {
        text = "";
        byte[] rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            return TryReadBytes(raw, rented, out int length) && TryRead(rented.AsSpan(0, length), out text);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Text of UTF-8 bytes, under the same rules.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out string text)
    {
        text = "";
        if (utf8.Contains((byte)0))
            return false;
        try
        {
            text = Strict.GetString(utf8);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool TryReadBytes(ReadOnlySpan<char> raw, Span<byte> bytes, out int length)
    {
        length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '%')
            {
                if (!char.IsAscii(raw[i]))
                    return false; // A request target is ASCII.
                bytes[length++] = (byte)raw[i];
                continue;
            }
            if (i + 2 >= raw.Length || !char.IsAsciiHexDigit(raw[i + 1]) || !char.IsAsciiHexDigit(raw[i + 2]))
                return false;
            bytes[length++] = byte.Parse(raw.Slice(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, provider: null);
            i += 2;
        }
        return true;
    }
}
