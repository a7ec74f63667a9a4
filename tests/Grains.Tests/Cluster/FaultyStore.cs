using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A memory store that can be held up or made to fail, one kind of call at a time. Sessions and shards have partitions of their own.</summary>
internal sealed class FaultyStore : IJournalStore
{
    private readonly MemoryJournalStore _inner = new();
    private readonly FaultyLeases _leases;
    private readonly ISiloLeases? _others;
    private TaskCompletionSource _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _hangingKind;
    private TaskCompletionSource? _commits;
    private string? _heldKind;
    private int _readsThatHang;
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="leases">In place of its own.</param>
    public FaultyStore(ISiloLeases? leases = null)
    {
        _leases = new FaultyLeases(_inner.Leases);
        _others = leases;
    }

    public FaultyLeases Leases => _leases;

    ISiloLeases IJournalStore.Leases => _others ?? _leases;

    /// <summary>Journals of this kind cannot be opened.</summary>
    public string? RefusedKind { get; set; }

    /// <summary>Openings of journals of this kind do not come back, until it is another kind.</summary>
    public string? HangingKind
    {
        get => _hangingKind;
        set
        {
            _hangingKind = value;
            var opening = _opening;
            _opening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            opening.SetResult();
        }
    }

    public bool RefusesReads { get; set; }

    /// <summary>Reads do not come back.</summary>
    public bool HangsReads { get; set; }

    /// <summary>Reads that nobody has given up yet.</summary>
    public int ReadsThatHang => Volatile.Read(ref _readsThatHang);

    public IJournalStore Inner => _inner;

    public int PartitionCount => 2;

    public int BucketCount => _inner.BucketCount;

    public bool CommitsInline => false;

    public bool ReadsInline => false;

    /// <summary>Commits of journals of this kind wait from now on.</summary>
    /// <returns>Done when one does.</returns>
    public Task HoldCommits(string kind)
    {
        _heldKind = kind;
        _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _commits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _reached.Task.WaitAsync(TestClient.Patience);
    }

    public void ReleaseCommits()
    {
        var held = _commits;
        _commits = null;
        held?.SetResult();
    }

    public int PartitionOf(JournalId journal) => journal.Kind == "session" ? 0 : 1;

    public async ValueTask<JournalOpening> OpenAsync(JournalId journal, WriterId writer, IJournalReplay replay, CancellationToken cancellation)
    {
        if (journal.Kind == RefusedKind) throw new TimeoutException("The store is down.");
        if (journal.Kind == HangingKind) await _opening.Task.WaitAsync(cancellation);
        return await _inner.OpenAsync(journal, writer, replay, cancellation);
    }

    public async ValueTask CommitAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation)
    {
        if (_commits is { } held && appends[0].Journal.Kind == _heldKind)
        {
            _reached.TrySetResult();
            await held.Task.WaitAsync(cancellation);
        }

        await _inner.CommitAsync(appends, cancellation);
    }

    public ValueTask<JournalCompaction> CompactAsync(
        JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation) =>
        _inner.CompactAsync(journal, epoch, writer, maxRecords, cancellation);

    public async ValueTask ReadAsync(
        JournalId journal, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation)
    {
        if (RefusesReads) throw new TimeoutException("The store is down.");
        if (HangsReads) await HangAsync(cancellation);
        await _inner.ReadAsync(journal, keys, replay, cancellation);
    }

    public async ValueTask ScanAsync(JournalId journal, JournalScan scan, IJournalReplay replay, CancellationToken cancellation)
    {
        if (RefusesReads) throw new TimeoutException("The store is down.");
        if (HangsReads) await HangAsync(cancellation);
        await _inner.ScanAsync(journal, scan, replay, cancellation);
    }

    public async ValueTask<JournalDigestPage> DigestAsync(JournalDigestQuery query, CancellationToken cancellation)
    {
        if (RefusesReads) throw new TimeoutException("The store is down.");
        if (HangsReads) await HangAsync(cancellation);
        return await _inner.DigestAsync(query, cancellation);
    }

    public ValueTask<IReadOnlyList<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation) =>
        _inner.ListAsync(kind, after, limit, cancellation);

    public ValueTask<IReadOnlyList<DueJournal>> DueAsync(
        int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation) =>
        _inner.DueAsync(bucket, beforeUtcSecond, after, limit, cancellation);

    public ValueTask<IReadOnlyList<JournalId>> AttachedAsync(string owner, JournalId? after, int limit, CancellationToken cancellation) =>
        _inner.AttachedAsync(owner, after, limit, cancellation);

    public ValueTask<IReadOnlyList<string>> AttachedOwnersAsync(string? after, int limit, CancellationToken cancellation) =>
        _inner.AttachedOwnersAsync(after, limit, cancellation);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private async Task HangAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _readsThatHang);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _readsThatHang);
        }
    }
}
