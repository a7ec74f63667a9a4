namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>UTF-8 by the table of RFC 3629 section 4, and the topic rules of MQTT5 sections 4.7 and 4.8, byte by byte.</summary>
internal static class Utf8Rules
{
    /// <summary>The broker's own bound, which the standard allows; documented at TopicName.</summary>
    public const int MaximumLevels = 128;

    public static bool IsWellFormed(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length;)
        {
            var rest = text[i..];
            if (rest[0] <= 0x7F)
                i += 1;
            else if (rest[0] is >= 0xC2 and <= 0xDF && Tail(rest, 1, 0x80, 0xBF))
                i += 2;
            else if (rest[0] == 0xE0 && Tail(rest, 1, 0xA0, 0xBF) && Tail(rest, 2, 0x80, 0xBF))
                i += 3;
            else if (rest[0] is (>= 0xE1 and <= 0xEC) or 0xEE or 0xEF && Tail(rest, 1, 0x80, 0xBF) && Tail(rest, 2, 0x80, 0xBF))
                i += 3;
            else if (rest[0] == 0xED && Tail(rest, 1, 0x80, 0x9F) && Tail(rest, 2, 0x80, 0xBF)) // no surrogates
                i += 3;
            else if (rest[0] == 0xF0 && Tail(rest, 1, 0x90, 0xBF) && Tail(rest, 2, 0x80, 0xBF) && Tail(rest, 3, 0x80, 0xBF))
                i += 4;
            else if (rest[0] is >= 0xF1 and <= 0xF3 && Tail(rest, 1, 0x80, 0xBF) && Tail(rest, 2, 0x80, 0xBF) && Tail(rest, 3, 0x80, 0xBF))
                i += 4;
            else if (rest[0] == 0xF4 && Tail(rest, 1, 0x80, 0x8F) && Tail(rest, 2, 0x80, 0xBF) && Tail(rest, 3, 0x80, 0xBF))
                i += 4;
            else
                return false;
        }

        return true;
    }

    public static bool HasNull(ReadOnlySpan<byte> text) => Has(text, 0);

    public static bool HasWildcard(ReadOnlySpan<byte> text) => Has(text, '+') || Has(text, '#');

    public static int Levels(ReadOnlySpan<byte> text)
    {
        var levels = 1;
        foreach (var octet in text)
            levels += octet == '/' ? 1 : 0;
        return levels;
    }

    public static bool IsShared(ReadOnlySpan<byte> filter) => filter.StartsWith("$share/"u8);

    /// <summary>Of a well-formed filter that <see cref="IsShared"/>: <c>$share/ShareName/filter</c>.</summary>
    public static bool IsValidShared(ReadOnlySpan<byte> filter)
    {
        var rest = filter["$share/".Length..];
        var slash = rest.IndexOf((byte)'/');
        return slash > 0 && !HasWildcard(rest[..slash]) && IsValidFilter(rest[(slash + 1)..]);
    }

    public static bool IsValidFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.Length == 0 || Levels(filter) > MaximumLevels)
            return false;
        var start = 0;
        for (var i = 0; i <= filter.Length; i++)
        {
            if (i < filter.Length && filter[i] != '/')
                continue;
            var level = filter[start..i];
            var isLast = i == filter.Length;
            if (Has(level, '#') && !(level.Length == 1 && isLast))
                return false;
            if (Has(level, '+') && level.Length != 1)
                return false;
            start = i + 1;
        }

        return true;
    }

    private static bool Tail(ReadOnlySpan<byte> rest, int index, int from, int to) => rest.Length > index && rest[index] >= from && rest[index] <= to;

    private static bool Has(ReadOnlySpan<byte> text, int wanted)
    {
        foreach (var octet in text)
        {
            if (octet == wanted)
                return true;
        }

        return false;
    }
}
