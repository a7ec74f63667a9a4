using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>A commit skips what was acknowledged meanwhile (design §6, invariant H4).</summary>
public sealed class JournalCancelTests : IAsyncLifetime
{
    private readonly GatedStore _store = new();
    private readonly RecordingOwner _owner = new();
    private JournalWriter _writer = null!;
    private Journal _journal = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _writer = new JournalWriter(_store, WriterId.New(), new WatchedTime());
        _journal = (await _writer.OpenAsync(new JournalId("session", "a"), _owner, new RecordLog(), Cancellation)).Journal;
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Remove_PutPendingAndFresh_NeitherIsWritten()
    {
        var written = await CommittedAsync(() =>
        {
            Put("a", "1", Journal.Fresh);
            var number = Put("m", "message", Journal.Fresh, ImmutableArray.Create("p"u8));
            Put("n", "message", Journal.Fresh, ImmutableArray.Create("q"u8));
            Assert.Equal(Journal.Fresh, Remove("m", number));
        });

        Assert.Equal("a=1 n=message+q", written);
    }

    [Fact]
    public async Task Remove_EverythingPendingWasFresh_NoRowIsWrittenAndTheOwnerIsTold()
    {
        ulong number;
        using (_writer.BeginTurn())
        {
            number = Put("m", "message", Journal.Fresh);
            Remove("m", number);
        }

        Assert.True(await _journal.WhenCommittedAsync(number).WaitAsync(Cancellation));
        await _writer.WhenIdleAsync(Cancellation);
        Assert.False(_store.HasCommit);
        Assert.Equal(0, _writer.RowCount);
        Assert.Single(_owner.Committed);
        Assert.Equal("k=v", await CommittedAsync(() => Put("k", "v", Journal.Fresh)));
    }

    [Fact]
    public async Task Remove_PutInACommitUnderWay_WritesTheRemoval()
    {
        var number = Put("m", "message", Journal.Fresh);
        var first = await _store.NextAsync();
        Assert.NotEqual(Journal.Fresh, Remove("m", number));
        first.Release();
        var second = await _store.NextAsync();
        second.Release();

        Assert.Equal("-m", second.Rows.Single().Records);
    }

    [Fact]
    public async Task Remove_PreviousUnknown_WritesTheRemoval() =>
        Assert.Equal("m=1 -m", await CommittedAsync(() =>
        {
            Put("m", "1", Journal.Stored);
            Remove("m", Journal.Stored);
        }));

    [Fact]
    public async Task Remove_PendingPutThatReplacedAStoredOne_PutIsSkippedRemovalIsWritten()
    {
        var stored = 0ul;
        await CommittedAsync(() => stored = Put("m", "1", Journal.Fresh));

        Assert.Equal("-m", await CommittedAsync(() => Remove("m", Put("m", "2", stored))));
    }

    [Fact]
    public async Task Remove_PendingPutOfAReplayedKey_RemovalIsWritten() =>
        Assert.Equal("-m", await CommittedAsync(() => Remove("m", Put("m", "2", Journal.Stored))));

    [Fact]
    public async Task Put_ReplacesAPendingFreshOne_OnlyTheLastIsWrittenAndStillFresh()
    {
        Assert.Equal("m=2", await CommittedAsync(() => Put("m", "2", Put("m", "1", Journal.Fresh))));
        Assert.Equal("x=1", await CommittedAsync(() =>
        {
            Remove("n", Put("n", "2", Put("n", "1", Journal.Fresh)));
            Put("x", "1", Journal.Fresh);
        }));
    }

    [Fact]
    public async Task Remove_NothingWasThere_WritesNothing() =>
        Assert.Equal("x=1", await CommittedAsync(() =>
        {
            Assert.Equal(Journal.Fresh, Remove("m", Journal.Fresh));
            Put("x", "1", Journal.Fresh);
        }));

    [Fact]
    public async Task Remove_PutInAnEarlierPendingRow_IsFoundThere()
    {
        var large = ImmutableCollectionsMarshal.AsImmutableArray(new byte[JournalAppend.MaxWeightBytes]);
        var numbers = new List<ulong>();
        using (_writer.BeginTurn())
        {
            for (var i = 0; i < 4; i++)
            {
                numbers.Add(_journal.Put(Encoding.UTF8.GetBytes("p" + i), [], Journal.Fresh, large));
                numbers.Add(Put("m" + i, "v", Journal.Fresh));
            }

            foreach (var i in new[] { 0, 1, 3 })
                Assert.Equal(Journal.Fresh, Remove("p" + i, numbers[2 * i]));
            Assert.Equal(Journal.Fresh, Remove("m2", numbers[5]));
        }

        var keys = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var commit = await _store.NextAsync();
            keys.Add(commit.Rows.Single().Records.Split('=')[0]);
            commit.Release();
        }

        Assert.True(await _journal.WhenCommittedAsync(numbers[^1]).WaitAsync(Cancellation));
        Assert.Equal(["m0", "m1", "p2", "m3"], keys);
    }

    [Fact]
    public void Remove_NumberOfAnotherJournal_Throws()
    {
        using var turn = _writer.BeginTurn();
        Put("m", "v", Journal.Fresh);
        Assert.Throws<ArgumentOutOfRangeException>(() => _journal.Remove("m"u8, 1_000_000));
    }

    [Fact]
    public void Put_SizesBeyondTheFormat_Throws()
    {
        Assert.Throws<ArgumentException>(() => _journal.Put([], []));
        Assert.Throws<ArgumentException>(() => _journal.Put(new byte[1025], []));
        Assert.Throws<ArgumentException>(() => _journal.Put([1], new byte[(16 * 1024 * 1024) + 1]));
        Assert.Throws<ArgumentException>(() => _journal.Remove([]));
    }

    /// <summary>What one commit wrote of the changes.</summary>
    private async Task<string> CommittedAsync(Action changes)
    {
        using (_writer.BeginTurn())
            changes();
        var commit = await _store.NextAsync();
        commit.Release();
        await _writer.WhenIdleAsync(Cancellation);
        return commit.Rows.Single().Records;
    }

    private ulong Put(string key, string value, ulong previous, ImmutableArray<byte> payload = default) =>
        _journal.Put(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), previous, payload);

    private ulong Remove(string key, ulong previous) => _journal.Remove(Encoding.UTF8.GetBytes(key), previous);
}
