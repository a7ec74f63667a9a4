using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using OrleansBroker.Api.Frame;

namespace OrleansBroker.Api.Sessions;

/// <summary>
/// The cursor of a list of sessions: the client id behind which the page begins, and nothing else, so that it is valid whatever nodes do. What was cut or mistyped is refused.
/// <code>
/// cursor = base64url(version:u8 text checksum:u32)     text in UTF-8; checksum = the first bytes of the SHA-256 of all before it
/// </code>
/// </summary>
internal static class SessionCursor
{
    private const byte Version = 1;
    private const int ChecksumBytes = sizeof(uint);

    /// <summary>As long as a client id that has a session can be.</summary>
    private const int MaxTextBytes = 2_048;

    public static string Encode(string text)
    {
        byte[] bytes = new byte[1 + Encoding.UTF8.GetByteCount(text) + ChecksumBytes];
        bytes[0] = Version;
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(1));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(^ChecksumBytes..), ChecksumOf(bytes.AsSpan(..^ChecksumBytes)));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Of a list that is in the order of numbers.</summary>
    public static string Encode(long number) => Encode(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <exception cref="ApiProblemException">It is no cursor of this version.</exception>
    [return: NotNullIfNotNull(nameof(cursor))]
    public static string? Decode(string? cursor)
    {
        if (cursor is null)
            return null;
        if (cursor.AsSpan().ContainsAnyExcept(Base64UrlAlphabet.Values) || !Base64Url.IsValid(cursor))
            throw Refuse();
        var bytes = Base64Url.DecodeFromChars(cursor).AsSpan();
        if (bytes.Length is < 1 + ChecksumBytes or > 1 + MaxTextBytes + ChecksumBytes || bytes[0] != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumBytes..]) != ChecksumOf(bytes[..^ChecksumBytes]))
            throw Refuse();
        var text = bytes[1..^ChecksumBytes];
        return Utf8.IsValid(text) && !text.Contains((byte)0) ? Encoding.UTF8.GetString(text) : throw Refuse();
    }

    /// <summary>0 for none.</summary>
    /// <exception cref="ApiProblemException">It is no cursor of a list that is in the order of numbers.</exception>
    public static long DecodeNumber(string? cursor) => Decode(cursor) switch
    {
        null => 0,
        var text when long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) => number,
        _ => throw Refuse(),
    };

    private static ApiProblemException Refuse() => ApiProblem.InvalidParameter.Because("This is no cursor of this list, or one of another version of the broker: begin anew.", Paging.Cursor.Name);

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash);
    }
}
