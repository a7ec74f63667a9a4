using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// Keeps journals in a RocksDB database of this process alone: a record is an entry of its journal and key, so what was replaced or removed goes with
/// the database's own compaction. A commit is one write, synced to the disk. Who may write is decided in memory: no owner outlives the process.
/// </summary>
public sealed class EmbeddedJournalStore : IJournalStore
{
    /// <summary>Deleted journals remembered so that a repeated deletion is answered as committed.</summary>
    private const int MaxDeleted = 10_000;

    private const int SweptAtOnce = 256;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<JournalId, EmbeddedJournal> _open = [];
    private readonly Queue<(JournalId Journal, JournalEpoch Epoch)> _deleted = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EmbeddedDatabase _database;
    private readonly EmbeddedTickets _tickets;
    private readonly EmbeddedCommit _commit;
    private readonly EmbeddedIndexes _indexes;
    private readonly EmbeddedDigests _digests;
    private readonly EmbeddedPayloads _payloads;
    private readonly ProcessLeases _leases;
    private readonly TimeProvider _time;
    private readonly Task _sweeping;
    private bool _isDisposed;

    /// <exception cref="StoreRefusedException">The directory is in use, or was written by a later program, or cannot be written.</exception>
    public EmbeddedJournalStore(EmbeddedStoreOptions options, TimeProvider time)
    {
        _database = new EmbeddedDatabase(options);
        _tickets = new EmbeddedTickets(_database);
        BucketCount = options.Layout.BucketCount;
        _commit = new EmbeddedCommit(_tickets, BucketCount);
        _indexes = new EmbeddedIndexes(_database);
        _digests = new EmbeddedDigests(_database, _indexes);
        _payloads = new EmbeddedPayloads(_database);
        _time = time;
        _leases = new ProcessLeases(time, OwnedByAsync);
        _sweeping = SweepAsync(time);
    }

    public int PartitionCount => 1;

    public int BucketCount { get; }

    public bool CommitsInline => false;

    public bool ReadsInline => true;

    public ISiloLeases Leases => _leases;

    public int PartitionOf(JournalId journal) => 0;

    public async ValueTask<JournalOpening> OpenAsync(JournalId journal, WriterId writer, IJournalReplay replay, CancellationToken cancellation)
    {
        JournalOpening opening;
        EmbeddedHeader header;
        await _turn.WaitAsync(cancellation);
        try
        {
            (opening, header) = Open(journal, writer);
        }
        finally
        {
            _turn.Release();
        }

        // Whoever owned it is fenced, and the new owner waits for this: nobody writes to it meanwhile.
        new EmbeddedReplay(_database, journal, replay).Run(header.Id);
        return opening;
    }

    public async ValueTask CommitAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            Commit(appends);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<JournalCompaction> CompactAsync(
        JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var isOwned = _open.TryGetValue(journal, out var found) && found.Header.Epoch == epoch && found.Header.Writer == writer;
            return isOwned ? JournalCompaction.Done : JournalCompaction.Fenced;
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask ReadAsync(JournalId journal, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation)
    {
        if (HeaderOf(journal) is not { } header) return ValueTask.CompletedTask;
        var reading = new EmbeddedReplay(_database, journal, replay);
        var stored = new byte[EmbeddedKeys.MaxRecordBytes];
        foreach (var key in keys) reading.Read(stored.AsSpan(0, EmbeddedKeys.WriteRecord(stored, header.Id, key.Span)));
        return ValueTask.CompletedTask;
    }

    public ValueTask ScanAsync(JournalId journal, JournalScan scan, IJournalReplay replay, CancellationToken cancellation)
    {
        if (HeaderOf(journal) is { } header) new EmbeddedReplay(_database, journal, replay).Read(header.Id, scan);
        return ValueTask.CompletedTask;
    }

    public ValueTask<JournalDigestPage> DigestAsync(JournalDigestQuery query, CancellationToken cancellation) => ValueTask.FromResult(_digests.Read(query));

    public ValueTask<IReadOnlyList<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<JournalId>>(_indexes.List(kind, after, limit));

    public ValueTask<IReadOnlyList<DueJournal>> DueAsync(int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<DueJournal>>(_indexes.Due(bucket, beforeUtcSecond, after, limit));

    public ValueTask<IReadOnlyList<JournalId>> AttachedAsync(string owner, JournalId? after, int limit, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<JournalId>>(_indexes.Attached(owner, after, limit));

    public ValueTask<IReadOnlyList<string>> AttachedOwnersAsync(string? after, int limit, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<string>>(_indexes.AttachedOwners(after, limit));

    /// <summary>A copy of all that is committed, to start a broker from; while this one goes on. The directory must not exist.</summary>
    public void SaveCheckpoint(string directory) => _database.SaveCheckpoint(directory);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _stop.CancelAsync();
        await _sweeping;
        await _turn.WaitAsync();
        NoteNumbers();
        _commit.Dispose();
        _database.Dispose();
        _stop.Dispose();
        _turn.Dispose();
    }

    private async ValueTask<IReadOnlyList<OwnedJournal>> OwnedByAsync(WriterId writer, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return
            [
                .. _indexes.List(ISiloLeases.WatchedKind, null, int.MaxValue)
                    .Where(journal => _open.TryGetValue(journal, out var open) && open.Header.Writer == writer)
                    .Select(journal => new OwnedJournal(journal, _open[journal].Header.Epoch)),
            ];
        }
        finally
        {
            _turn.Release();
        }
    }

    private (JournalOpening Opening, EmbeddedHeader Header) Open(JournalId journal, WriterId writer)
    {
        var isOpen = _open.TryGetValue(journal, out var open);
        var before = isOpen ? open!.Header : HeaderOf(journal);
        var isNew = before is null or { Ending: JournalEnding.Delete };
        var epoch = new JournalEpoch(_tickets.Next());
        var header = new EmbeddedHeader(
            isNew ? _tickets.Next() : before!.Value.Id,
            epoch,
            (before?.Number ?? 0) + 1,
            writer,
            JournalEnding.None,
            before?.DueUtcSecond ?? 0,
            before?.AttachedOwner);
        _commit.Begin();
        _commit.Put(journal, header);
        _tickets.NoteIn(_commit.Batch);
        // Nobody is promised anything by an opening; the first commit makes it durable.
        _database.WriteBuffered(_commit.Batch);
        // A process that is gone promises nothing.
        var age = isOpen ? _time.GetElapsedTime(open!.Opened) : TimeSpan.MaxValue;
        if (isOpen) open!.Header = header;
        else _open.Add(journal, open = new EmbeddedJournal(header));
        open!.Opened = _time.GetTimestamp();
        var opening = new JournalOpening(
            epoch, header.Number, isNew ? null : before!.Value.Writer, isNew || before!.Value.Ending != JournalEnding.None, header.DueUtcSecond, header.AttachedOwner)
        {
            PreviousAge = age,
        };
        return (opening, header);
    }

    private void Commit(IReadOnlyList<JournalAppend> appends)
    {
        _commit.Begin();
        for (var i = 0; i < appends.Count; i++) _commit.Count(appends[i]);
        for (var i = 0; i < appends.Count; i++)
        {
            var row = appends[i];
            if (Judge(row) == JournalOutcome.Unknown && _open.TryGetValue(row.Journal, out var journal)) _commit.Add(row, journal.Header, journal.After(row));
        }

        _tickets.NoteIn(_commit.Batch);
        if (_commit.Batch.Count() > 0) _database.Write(_commit.Batch);
        for (var i = 0; i < appends.Count; i++) appends[i].Outcome = Settle(appends[i]);
    }

    private JournalOutcome Judge(JournalAppend row) => _open.TryGetValue(row.Journal, out var journal) ? journal.Judge(row) : JournalOutcome.Fenced;

    private JournalOutcome Settle(JournalAppend row)
    {
        var outcome = Judge(row);
        if (outcome != JournalOutcome.Unknown) return outcome;
        var journal = _open[row.Journal];
        journal.Header = journal.After(row);
        // One that is closed stays known only as long as a repetition may come, as a deleted one does: what is stored says the rest.
        if (row.Ending != JournalEnding.None) Remember(row.Journal, journal.Header.Epoch);
        return JournalOutcome.Committed;
    }

    private void Remember(JournalId ended, JournalEpoch epoch)
    {
        _deleted.Enqueue((ended, epoch));
        if (_deleted.Count <= MaxDeleted) return;
        var (oldest, itsEpoch) = _deleted.Dequeue();
        if (_open.TryGetValue(oldest, out var journal) && journal.Header.Epoch == itsEpoch) _open.Remove(oldest);
    }

    private EmbeddedHeader? HeaderOf(JournalId journal)
    {
        Span<byte> key = stackalloc byte[EmbeddedKeys.MaxHeaderBytes];
        if (_database.Get(key[..EmbeddedKeys.WriteHeader(key, journal)]) is not { } stored) return null;
        return EmbeddedHeader.Read(stored) ?? throw EmbeddedHeader.Damaged(journal);
    }

    /// <summary>The numbers of journals that are open when the store is closed in an orderly way.</summary>
    private void NoteNumbers()
    {
        _commit.Begin();
        foreach (var (journal, open) in _open)
        {
            if (open.Header.Ending == JournalEnding.None) _commit.Put(journal, open.Header);
        }

        if (_commit.Batch.Count() > 0) _database.Write(_commit.Batch);
    }

    private async Task SweepAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                while (_payloads.Sweep(SweptAtOnce) > 0) _stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closed.
        }
    }
}
