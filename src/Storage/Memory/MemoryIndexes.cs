using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Memory;

/// <summary>The sorted views of all journals. Guarded by the store's lock.</summary>
internal sealed class MemoryIndexes(int bucketCount)
{
    private static readonly JournalId Least = JournalId.Before(string.Empty);
    private static readonly JournalId Greatest = JournalId.Before("\uFFFF");

    private readonly SortedSet<JournalId> _existing = [];
    private readonly SortedSet<(string Owner, JournalId Journal)> _attached = new(new AttachedOrder());
    private readonly SortedSet<(int Bucket, long UtcSecond, JournalId Journal)> _due = [];

    public void Add(JournalId journal) => _existing.Add(journal);

    public void Remove(JournalId journal) => _existing.Remove(journal);

    public void SetDue(JournalId journal, long before, long now)
    {
        if (before == now)
            return;
        var bucket = journal.BucketOf(bucketCount);
        if (before != 0)
            _due.Remove((bucket, before, journal));
        if (now != 0)
            _due.Add((bucket, now, journal));
    }

    public void SetAttached(JournalId journal, string? before, string? now)
    {
        if (before == now)
            return;
        if (before is not null)
            _attached.Remove((before, journal));
        if (now is not null)
            _attached.Add((now, journal));
    }

    public List<JournalId> List(string kind, JournalId? after, int limit) =>
        [.. _existing.GetViewBetween(after ?? JournalId.Before(kind), JournalId.After(kind)).Where(journal => journal != after).Take(limit)];

    /// <summary>Journals of the query, at most so many.</summary>
    public List<JournalId> List(JournalDigestQuery query, int limit)
    {
        var from = query.Prefix.Length == 0 ? JournalId.Before(query.Kind) : new JournalId(query.Kind, query.Prefix);
        if (query.AfterJournal is { } after && after > from)
            from = after;
        return
        [
            .. _existing.GetViewBetween(from, JournalId.After(query.Kind))
                .TakeWhile(query.Includes)
                .Where(journal => journal != query.AfterJournal)
                .Take(limit),
        ];
    }

    public List<DueJournal> Due(int bucket, long beforeUtcSecond, DueJournal? after, int limit)
    {
        var from = after is { } cursor ? (bucket, cursor.UtcSecond, cursor.Journal) : (bucket, long.MinValue, Least);
        if (from.Item2 >= beforeUtcSecond)
            return [];
        return
        [
            .. _due.GetViewBetween(from, (bucket, beforeUtcSecond, Least))
                .Select(entry => new DueJournal(entry.UtcSecond, entry.Journal))
                .Where(entry => entry != after)
                .Take(limit),
        ];
    }

    public List<JournalId> Attached(string owner, JournalId? after, int limit) =>
    [
        .. _attached.GetViewBetween((owner, after ?? Least), (owner, Greatest))
            .Select(entry => entry.Journal)
            .Where(journal => journal != after)
            .Take(limit),
    ];

    public List<string> AttachedOwners(string? after, int limit)
    {
        var owners = new List<string>();
        for (var last = after; owners.Count < limit; owners.Add(last))
        {
            // Jumps over the journals of the last owner.
            var from = last is null ? (string.Empty, Least) : (last, Greatest);
            var (owner, _) = _attached.GetViewBetween(from, ("\uFFFF", Greatest)).Min;
            if (owner is null)
                break;
            last = owner;
        }

        return owners;
    }
}
