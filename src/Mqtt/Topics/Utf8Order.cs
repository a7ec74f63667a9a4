namespace OrleansBroker.Mqtt.Topics;

/// <summary>The order of texts by their bytes in UTF-8, which is that of their code points: not that of their UTF-16 units, where what needs two of them comes before U+E000.</summary>
public sealed class Utf8Order : IComparer<string>
{
    private const char FirstSurrogate = '\uD800';
    private const char BehindSurrogates = '\uE000';

    private Utf8Order()
    {
    }

    public static Utf8Order Instance { get; } = new();

    /// <param name="x">Well-formed, as <paramref name="y"/>.</param>
    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var same = left.CommonPrefixLength(right);
        return same == left.Length || same == right.Length ? left.Length.CompareTo(right.Length) : Rank(left[same]).CompareTo(Rank(right[same]));
    }

    /// <summary>Surrogates behind all others.</summary>
    private static int Rank(char unit) =>
        unit < FirstSurrogate ? unit : unit < BehindSurrogates ? unit + (char.MaxValue + 1 - BehindSurrogates) : unit - (BehindSurrogates - FirstSurrogate);
}
