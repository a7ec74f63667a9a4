using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Memory;

/// <summary>
/// Keeps journals in this process: for tests, and for brokers that need no durability across a restart. It keeps what the rows amount to, not
/// the rows, so there is nothing to compact. Bounded by what its journals hold (session and retained limits).
/// </summary>
public sealed class MemoryJournalStore : IJournalStore
{
    /// <summary>The design's number of shards, each of which sweeps one bucket.</summary>
    public const int DefaultBucketCount = 64;

    /// <summary>
    /// Deleted journals remembered so that a repeated deletion is answered as committed. Epochs are counted for the whole store, so whoever
    /// comes after that is still fenced.
    /// </summary>
    private const int MaxDeleted = 10_000;

    private static readonly MemoryRecords NoRecords = new();

    private readonly Lock _lock = new();
    private readonly Dictionary<JournalId, MemoryJournal> _journals = [];
    private readonly Queue<(JournalId Journal, JournalEpoch Epoch)> _deleted = new();
    private readonly MemoryIndexes _indexes;
    private readonly ProcessLeases _leases;
    private readonly TimeProvider _time;
    private ulong _lastEpoch;

    public MemoryJournalStore(int bucketCount = DefaultBucketCount, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketCount, 1);
        BucketCount = bucketCount;
        _indexes = new MemoryIndexes(bucketCount);
        _time = time ?? TimeProvider.System;
        _leases = new ProcessLeases(_time, (writer, _) => ValueTask.FromResult(OwnedBy(writer)));
    }

    public int PartitionCount => 1;

    public int BucketCount { get; }

    public bool CommitsInline => true;

    public bool ReadsInline => true;

    public ISiloLeases Leases => _leases;

    public int PartitionOf(JournalId journal) => 0;

    public ValueTask<JournalOpening> OpenAsync(
        JournalId journal, WriterId writer, IJournalReplay replay, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_journals.TryGetValue(journal, out var opened))
            {
                opened = new MemoryJournal();
                _journals.Add(journal, opened);
            }

            _indexes.Add(journal);
            var opening = opened.Open(new JournalEpoch(++_lastEpoch), writer, _time);
            opened.Records?.Replay(replay);
            return ValueTask.FromResult(opening);
        }
    }

    public ValueTask CommitAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation)
    {
        lock (_lock)
        {
            for (var i = 0; i < appends.Count; i++)
                appends[i].Outcome = Commit(appends[i]);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<JournalCompaction> CompactAsync(
        JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var owned = _journals.TryGetValue(journal, out var found) && found.Epoch == epoch && found.Writer == writer;
            return ValueTask.FromResult(owned ? JournalCompaction.Done : JournalCompaction.Fenced);
        }
    }

    public ValueTask ReadAsync(
        JournalId journal, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_journals.TryGetValue(journal, out var found))
                found.Records?.Replay(keys, replay);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ScanAsync(JournalId journal, JournalScan scan, IJournalReplay replay, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_journals.TryGetValue(journal, out var found))
                found.Records?.Replay(scan, replay);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<JournalDigestPage> DigestAsync(JournalDigestQuery query, CancellationToken cancellation)
    {
        List<JournalId> listed;
        lock (_lock)
            listed = _indexes.List(query, query.Limit);
        var digests = new List<JournalDigest>(listed.Count);
        var records = 0L;
        foreach (var journal in listed)
        {
            if (records >= query.MaxRecords)
                break;
            // The lock for each: whoever commits waits for one journal at most.
            lock (_lock)
            {
                if (!_journals.TryGetValue(journal, out var found) || found.IsDeleted)
                    continue;
                var digest = (found.Records ?? NoRecords).Digest(query, new JournalDigest { Journal = journal, AttachedOwner = found.AttachedOwner });
                digests.Add(digest);
                records += digest.Count + digest.Values.Count;
            }
        }

        var isEnd = listed.Count < query.Limit && records < query.MaxRecords;
        return ValueTask.FromResult(new JournalDigestPage(digests, isEnd));
    }

    public ValueTask<IReadOnlyList<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<JournalId>>(_indexes.List(kind, after, limit));
    }

    public ValueTask<IReadOnlyList<DueJournal>> DueAsync(
        int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<DueJournal>>(_indexes.Due(bucket, beforeUtcSecond, after, limit));
    }

    public ValueTask<IReadOnlyList<JournalId>> AttachedAsync(
        string owner, JournalId? after, int limit, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<JournalId>>(_indexes.Attached(owner, after, limit));
    }

    public ValueTask<IReadOnlyList<string>> AttachedOwnersAsync(string? after, int limit, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<string>>(_indexes.AttachedOwners(after, limit));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IReadOnlyList<OwnedJournal> OwnedBy(WriterId writer)
    {
        lock (_lock)
        {
            return
            [
                .. _indexes.List(ISiloLeases.WatchedKind, null, int.MaxValue)
                    .Where(journal => _journals[journal].Writer == writer)
                    .Select(journal => new OwnedJournal(journal, _journals[journal].Epoch)),
            ];
        }
    }

    private JournalOutcome Commit(JournalAppend row)
    {
        if (!_journals.TryGetValue(row.Journal, out var journal))
            return JournalOutcome.Fenced;
        var outcome = journal.Judge(row);
        if (outcome != JournalOutcome.Unknown)
            return outcome;

        var (due, attached) = (journal.DueUtcSecond, journal.AttachedOwner);
        journal.Apply(row);
        _indexes.SetDue(row.Journal, due, journal.DueUtcSecond);
        _indexes.SetAttached(row.Journal, attached, journal.AttachedOwner);
        if (journal.IsDeleted)
            Forget(row.Journal, journal.Epoch);
        return JournalOutcome.Committed;
    }

    private void Forget(JournalId deleted, JournalEpoch epoch)
    {
        _indexes.Remove(deleted);
        _deleted.Enqueue((deleted, epoch));
        if (_deleted.Count <= MaxDeleted)
            return;
        var (oldest, itsEpoch) = _deleted.Dequeue();
        if (_journals.TryGetValue(oldest, out var journal) && journal.IsDeleted && journal.Epoch == itsEpoch)
            _journals.Remove(oldest);
    }
}
