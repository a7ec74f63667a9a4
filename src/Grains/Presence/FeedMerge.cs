namespace OrleansBroker.Grains.Presence;

/// <summary>
/// Puts what several cores tell into one order: each core's own is kept, events of one client id come in the order of its session's epochs, the rest by time. A client's
/// next event on another core follows from its last on this one, so the two orders never contradict each other.
/// </summary>
internal static class FeedMerge
{
    /// <param name="counts">How many of each source, from its first on.</param>
    /// <returns>The sources in the order in which their next events are told.</returns>
    public static List<FeedSource> Order(IReadOnlyList<FeedSource> sources, IReadOnlyList<int> counts)
    {
        var order = new List<FeedSource>(counts.Sum());
        var at = new int[sources.Count];
        var shared = Shared(sources, counts);
        while (true)
        {
            var best = -1;
            var isBestBlocked = false;
            for (var i = 0; i < at.Length; i++)
            {
                if (at[i] == counts[i]) continue;
                var head = sources[i].Held[at[i]];
                // Blocked is what has a predecessor elsewhere. That all are can only be if a clock, or a core that was declared dead, has lied.
                var isBlocked = IsBlocked(head, shared);
                if (best >= 0 && (isBlocked, head.At).CompareTo((isBestBlocked, sources[best].Held[at[best]].At)) >= 0) continue;
                (best, isBestBlocked) = (i, isBlocked);
            }

            if (best < 0) return order;
            if (sources[best].Held[at[best]].Event is { } told && shared.TryGetValue(told.ClientId, out var others)) others.Remove(told);
            at[best]++;
            order.Add(sources[best]);
        }
    }

    /// <summary>Something that came later, of another source, belongs before what came first.</summary>
    /// <param name="counts">What came first of each source.</param>
    public static bool IsOpen(IReadOnlyList<FeedSource> sources, IReadOnlyList<int> counts)
    {
        var last = new Dictionary<string, (PresenceEvent Event, int Source)>(StringComparer.Ordinal);
        for (var i = 0; i < sources.Count; i++)
        {
            foreach (var held in sources[i].Held.Take(counts[i]))
            {
                if (held.Event is { } first && !(last.TryGetValue(first.ClientId, out var other) && first.Precedes(other.Event))) last[first.ClientId] = (first, i);
            }
        }

        for (var i = 0; i < sources.Count && last.Count > 0; i++)
        {
            foreach (var held in sources[i].Held.Skip(counts[i]))
            {
                if (held.Event is { } later && last.TryGetValue(later.ClientId, out var first) && first.Source != i && later.Precedes(first.Event)) return true;
            }
        }

        return false;
    }

    private static bool IsBlocked(in HeldEvent head, Dictionary<string, List<PresenceEvent>> shared)
    {
        if (head.Event is not { } happened || !shared.TryGetValue(happened.ClientId, out var others)) return false;
        foreach (var other in others)
        {
            if (other.Precedes(happened)) return true;
        }

        return false;
    }

    /// <summary>Events of clients that more than one source tells of: few, as a session stays where it is.</summary>
    private static Dictionary<string, List<PresenceEvent>> Shared(IReadOnlyList<FeedSource> sources, IReadOnlyList<int> counts)
    {
        var shared = new Dictionary<string, List<PresenceEvent>>(StringComparer.Ordinal);
        if (counts.Count(static count => count > 0) < 2) return shared;
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (source, happened) in Events(sources, counts))
        {
            if (!first.TryAdd(happened.ClientId, source) && first[happened.ClientId] != source) shared.TryAdd(happened.ClientId, []);
        }

        if (shared.Count == 0) return shared;
        foreach (var (_, happened) in Events(sources, counts))
        {
            if (shared.TryGetValue(happened.ClientId, out var all)) all.Add(happened);
        }

        return shared;
    }

    private static IEnumerable<(int Source, PresenceEvent Event)> Events(IReadOnlyList<FeedSource> sources, IReadOnlyList<int> counts)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            foreach (var held in sources[i].Held.Take(counts[i]))
            {
                if (held.Event is { } happened) yield return (i, happened);
            }
        }
    }
}
