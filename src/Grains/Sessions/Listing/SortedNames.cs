using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>Client ids in the order of their UTF-8, in two parts: most of them, and those that have come since. Never changed.</summary>
internal sealed record SortedNames(string[] Names, string[] Recent)
{
    public static readonly SortedNames None = new([], []);

    public int Count => Names.Length + Recent.Length;

    public static SortedNames Of(IEnumerable<string> names)
    {
        var sorted = names.ToArray();
        Array.Sort(sorted, Utf8Order.Instance);
        return new SortedNames(WithoutDoubles(sorted), []);
    }

    /// <summary>With others; those that are there already change nothing.</summary>
    public SortedNames With(IReadOnlyCollection<string> added)
    {
        if (added.Count == 0) return this;
        var others = Recent.Concat(added.Where(name => Array.BinarySearch(Names, name, Utf8Order.Instance) < 0)).ToArray();
        if (others.Length == Recent.Length) return this;
        Array.Sort(others, Utf8Order.Instance);
        return this with { Recent = WithoutDoubles(others) };
    }

    /// <summary>In one part, with only those that are still to be there.</summary>
    public SortedNames Merged(Func<string, bool> isThere) => new([.. Behind(null, string.Empty).Where(isThere)], []);

    /// <summary>Those behind a name that begin with the prefix, in order.</summary>
    public IEnumerable<string> Behind(string? after, string prefix)
    {
        var (i, j) = (Start(Names, after, prefix), Start(Recent, after, prefix));
        while (i < Names.Length || j < Recent.Length)
        {
            var isRecent = i == Names.Length || (j < Recent.Length && Utf8Order.Instance.Compare(Recent[j], Names[i]) < 0);
            var name = isRecent ? Recent[j++] : Names[i++];
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) yield break;
            yield return name;
        }
    }

    private static int Start(string[] names, string? after, string prefix)
    {
        var isBehind = after is not null && Utf8Order.Instance.Compare(after, prefix) >= 0;
        var found = Array.BinarySearch(names, isBehind ? after! : prefix, Utf8Order.Instance);
        if (found < 0) return ~found;
        return isBehind ? found + 1 : found;
    }

    private static string[] WithoutDoubles(string[] sorted)
    {
        var count = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (count == 0 || sorted[i] != sorted[count - 1]) sorted[count++] = sorted[i];
        }

        return count == sorted.Length ? sorted : sorted[..count];
    }
}
