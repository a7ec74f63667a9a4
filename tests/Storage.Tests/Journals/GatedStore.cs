using System.Threading.Channels;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>A memory store whose commits the test lets through one by one: each shows up in <see cref="NextAsync"/> and waits for its order.</summary>
public sealed class GatedStore(bool inline = false) : IJournalStore
{
    private readonly MemoryJournalStore _inner = new();
    private readonly Channel<GatedCommit> _commits = Channel.CreateUnbounded<GatedCommit>();

    public int PartitionCount => 1;

    public int BucketCount => _inner.BucketCount;

    public bool CommitsInline => inline;

    public bool ReadsInline => inline;

    public ISiloLeases Leases => _inner.Leases;

    public int PartitionOf(JournalId journal) => 0;

    /// <summary>The next commit that the writer has begun; fails when there is none for 30 s.</summary>
    public Task<GatedCommit> NextAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        return _commits.Reader.ReadAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellation);
    }

    /// <summary>Whether a commit has begun that was not taken.</summary>
    public bool HasCommit => _commits.Reader.TryPeek(out _);

    public async ValueTask CommitAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation)
    {
        var commit = new GatedCommit([.. appends.Select(RowCopy.Of)]);
        Assert.True(_commits.Writer.TryWrite(commit));
        var order = await commit.Order.Task.WaitAsync(cancellation);
        if (order == GatedOrder.LoseFirstRow)
        {
            await _inner.CommitAsync([.. appends.Skip(1)], cancellation);
            return;
        }

        if (order != GatedOrder.Lose)
            await _inner.CommitAsync(appends, cancellation);
        if (order == GatedOrder.Apply)
            return;
        foreach (var append in appends)
            append.Outcome = JournalOutcome.Unknown;
        throw new TimeoutException(order.ToString());
    }

    public ValueTask<JournalOpening> OpenAsync(JournalId journal, WriterId writer, IJournalReplay replay, CancellationToken cancellation) =>
        _inner.OpenAsync(journal, writer, replay, cancellation);

    public ValueTask<JournalCompaction> CompactAsync(
        JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation) =>
        _inner.CompactAsync(journal, epoch, writer, maxRecords, cancellation);

    public ValueTask ReadAsync(
        JournalId journal, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation) =>
        _inner.ReadAsync(journal, keys, replay, cancellation);

    public ValueTask ScanAsync(JournalId journal, JournalScan scan, IJournalReplay replay, CancellationToken cancellation) =>
        _inner.ScanAsync(journal, scan, replay, cancellation);

    public ValueTask<JournalDigestPage> DigestAsync(JournalDigestQuery query, CancellationToken cancellation) =>
        _inner.DigestAsync(query, cancellation);

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
}
