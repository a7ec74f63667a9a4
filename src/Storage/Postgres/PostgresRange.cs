namespace OrleansBroker.Storage.Postgres;

/// <summary>Keys that begin alike, as a range of bytes: behind one and before another, both exclusive.</summary>
internal static class PostgresRange
{
    /// <summary>Longer than every key.</summary>
    private const int EndBytes = 2 * 1024 + 1;

    /// <param name="prefix">What the keys begin with; may be empty.</param>
    /// <param name="after">Only keys behind this; may be empty, as no key is.</param>
    public static (byte[] After, byte[] Before) Of(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after)
    {
        var below = Below(prefix);
        return (after.SequenceCompareTo(below) > 0 ? after.ToArray() : below, [.. prefix, .. Enumerable.Repeat(byte.MaxValue, EndBytes)]);
    }

    /// <summary>The greatest that is smaller than the prefix, which may be a key itself.</summary>
    private static byte[] Below(ReadOnlySpan<byte> prefix)
    {
        if (prefix.IsEmpty) return [];
        var start = prefix[..^1];
        return prefix[^1] == 0 ? start.ToArray() : [.. start, (byte)(prefix[^1] - 1), .. Enumerable.Repeat(byte.MaxValue, EndBytes)];
    }
}
