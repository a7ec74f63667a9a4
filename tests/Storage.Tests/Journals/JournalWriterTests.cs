using System.Runtime.InteropServices;
using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public sealed class JournalWriterTests : IAsyncDisposable
{
    private readonly WatchedTime _time = new();
    private readonly GatedStore _store = new();
    private readonly List<Exception> _failures = [];
    private readonly JournalWriter _writer;

    public JournalWriterTests() => _writer = NewWriter(new JournalWriterOptions());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Commit_WhileOneIsUnderWay_TheNextGathersEverythingElse()
    {
        var journals = await OpenAsync("a", "b", "c");
        Put(journals[0].Journal, "first", "1");
        var first = await _store.NextAsync();
        for (var i = 0; i < 10; i++)
        {
            foreach (var (journal, _) in journals)
                Put(journal, "k" + i, "v");
        }

        Assert.False(_store.HasCommit);
        first.Release();
        var second = await _store.NextAsync();
        second.Release();
        await _writer.WhenIdleAsync(Cancellation);

        Assert.Equal([("a", "first=1")], first.Rows.Select(row => (row.Key, row.Records)));
        Assert.Equal(["a", "b", "c"], second.Rows.Select(row => row.Key).Order());
        Assert.All(second.Rows, row => Assert.Equal(string.Join(' ', Enumerable.Range(0, 10).Select(i => $"k{i}=v")), row.Records));
        Assert.Equal(2, _writer.CommitCount);
        Assert.Equal(4, _writer.RowCount);
    }

    [Fact]
    public async Task Commit_SeveralRowsOfAJournal_AreNumberedWithoutGaps()
    {
        var (journal, _) = (await OpenAsync("a"))[0];
        var numbers = new List<ulong>();
        for (var i = 0; i < 3; i++)
        {
            Put(journal, "k", "v" + i);
            var commit = await _store.NextAsync();
            numbers.Add(commit.Rows.Single().Number);
            commit.Release();
            await _writer.WhenIdleAsync(Cancellation);
        }

        Assert.Equal([2ul, 3, 4], numbers);
        Assert.Equal(["k=v2"], await ReplayAsync("a"));
    }

    [Fact]
    public async Task Committed_NotBeforeTheCommit_AndInOrderOfNumbers()
    {
        var (journal, owner) = (await OpenAsync("a"))[0];
        var first = Put(journal, "k1", "v");
        var commit = await _store.NextAsync();
        var second = Put(journal, "k2", "v");
        var waiting = journal.WhenCommittedAsync(second);

        Assert.True(second > first);
        Assert.Empty(owner.Committed);
        commit.Release();
        var next = await _store.NextAsync();
        Assert.InRange(Assert.Single(owner.Committed), first, second - 1);
        Assert.False(waiting.IsCompleted);
        next.Release();

        Assert.True(await waiting.WaitAsync(Cancellation));
        await _writer.WhenIdleAsync(Cancellation);
        Assert.Equal(2, owner.Committed.Count);
        Assert.True(owner.Committed[1] >= second);
        Assert.Equal(owner.Committed[1], journal.CommittedNumber);
        Assert.True(journal.WhenCommittedAsync(first).IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(GatedOrder.Lose)]
    [InlineData(GatedOrder.ApplyAndLoseAnswer)]
    public async Task Unknown_Answer_TheSameRowsAreRepeatedAfterBackOff(GatedOrder order)
    {
        var journals = await OpenAsync("a", "b");
        var number = Put(journals[0].Journal, "k", "v");
        var first = await _store.NextAsync();
        var delayed = _time.WhenTimerAsync();
        first.Release(order);
        await delayed;
        Put(journals[0].Journal, "k", "later");
        Put(journals[1].Journal, "k", "other");

        Assert.False(_store.HasCommit);
        Assert.Empty(journals[0].Owner.Committed);
        _time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(_store.HasCommit);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var second = await _store.NextAsync();
        Assert.Equal(first.Rows, second.Rows);
        second.Release();
        Assert.True(await journals[0].Journal.WhenCommittedAsync(number).WaitAsync(Cancellation));
        (await _store.NextAsync()).Release();
        await _writer.WhenIdleAsync(Cancellation);

        Assert.Equal(["k=later"], await ReplayAsync("a"));
        Assert.Equal(["k=other"], await ReplayAsync("b"));
        Assert.IsType<TimeoutException>(Assert.Single(_failures));
    }

    [Fact]
    public async Task Unknown_AgainAndAgain_BackOffDoublesUpToItsLimit()
    {
        var (journal, _) = (await OpenAsync("a"))[0];
        Put(journal, "k", "v");
        foreach (var milliseconds in new[] { 50, 100, 200, 400, 800, 1600, 2000, 2000 })
        {
            var delayed = _time.WhenTimerAsync();
            (await _store.NextAsync()).Release(GatedOrder.Lose);
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), await delayed);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }

        (await _store.NextAsync()).Release();
        await _writer.WhenIdleAsync(Cancellation);
        Assert.Equal(["k=v"], await ReplayAsync("a"));
    }

    [Fact]
    public async Task FailingFor_CommitsThatSettleNothing_CountsFromTheFirstUntilOneSettles()
    {
        var commits = new List<JournalCommit>();
        await using var writer = NewWriter(new JournalWriterOptions { Committed = commits.Add });
        var (journal, _) = (await OpenManyAsync(writer, 1))[0];
        Assert.Equal((TimeSpan.Zero, 0), (writer.FailingFor, writer.FailedCommitCount));
        Put(journal, "k", "v");
        foreach (var milliseconds in new[] { 50, 100 })
        {
            var delayed = _time.WhenTimerAsync();
            (await _store.NextAsync()).Release(GatedOrder.Lose);
            await delayed;
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Equal((TimeSpan.FromMilliseconds(150), 2), (writer.FailingFor, writer.FailedCommitCount));
        Assert.Empty(commits);
        var third = await _store.NextAsync();
        _time.Advance(TimeSpan.FromMilliseconds(7));
        third.Release();
        await writer.WhenIdleAsync(Cancellation);
        Assert.Equal(TimeSpan.Zero, writer.FailingFor);
        Assert.Equal(new JournalCommit(Rows: 1, TimeSpan.FromMilliseconds(7)), Assert.Single(commits));
    }

    [Fact]
    public async Task Unknown_OneRow_TheOthersGoOnAndItIsRepeatedWithTheNext()
    {
        var journals = await OpenAsync("a", "b");
        using (_writer.BeginTurn())
        {
            Put(journals[0].Journal, "k", "v");
            Put(journals[1].Journal, "k", "v");
        }

        var first = await _store.NextAsync();
        Put(journals[0].Journal, "k", "later");
        Put(journals[1].Journal, "k", "later");
        first.Release(GatedOrder.LoseFirstRow);
        var second = await _store.NextAsync();
        Assert.Empty(journals[0].Owner.Committed);
        Assert.Single(journals[1].Owner.Committed);
        second.Release();
        var third = await _store.NextAsync();
        third.Release();
        await _writer.WhenIdleAsync(Cancellation);

        Assert.Equal(["k=v", "k=later"], second.Rows.Select(row => row.Records));
        Assert.Equal(first.Rows[0], second.Rows[0]);
        Assert.Equal("k=later", third.Rows.Single().Records);
        Assert.Equal(["k=later"], await ReplayAsync("a"));
    }

    [Fact]
    public async Task Fenced_OneJournal_TheOthersGoOn()
    {
        var journals = await OpenAsync("a", "b", "c");
        await _store.OpenAsync(new JournalId("session", "b"), WriterId.New(), new RecordLog(), Cancellation);
        using (_writer.BeginTurn())
        {
            foreach (var (journal, _) in journals)
                Put(journal, "k", "v");
        }

        var fenced = journals[1].Journal;
        var commit = await _store.NextAsync();
        var later = Put(fenced, "k2", "v");
        var waiting = fenced.WhenCommittedAsync(later);
        commit.Release();
        await journals[1].Owner.WhenFenced.WaitAsync(Cancellation);
        await _writer.WhenIdleAsync(Cancellation);

        Assert.Equal(3, commit.Rows.Length);
        Assert.False(await waiting.WaitAsync(Cancellation));
        Assert.Empty(journals[1].Owner.Committed);
        Assert.Equal(Journal.Never, Put(fenced, "k3", "v"));
        Assert.False(await fenced.WhenCommittedAsync(1000));
        Assert.Single(journals[0].Owner.Committed);
        Assert.Single(journals[2].Owner.Committed);
        Assert.False(_store.HasCommit);
        Assert.Equal(0, _writer.PendingBytes);
    }

    [Fact]
    public async Task Gather_MoreRowsThanACommitHolds_SeveralCommits()
    {
        await using var writer = NewWriter(new JournalWriterOptions { MaxCommitRows = 10 });
        var journals = await OpenManyAsync(writer, 25);
        using (writer.BeginTurn())
        {
            foreach (var (journal, _) in journals)
                Put(journal, "k", "v");
        }

        var sizes = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var commit = await _store.NextAsync();
            sizes.Add(commit.Rows.Length);
            commit.Release();
        }

        Assert.Equal([10, 10, 5], sizes);
    }

    [Fact]
    public async Task Gather_MoreBytesThanACommitHolds_SeveralCommitsAndRows()
    {
        var (journal, owner) = (await OpenAsync("a"))[0];
        var number = 0ul;
        using (_writer.BeginTurn())
        {
            for (var i = 0; i < 5; i++)
                number = journal.Put([(byte)i], new byte[600 * 1024]);
        }

        // Two of 600 KiB do not fit into a row of 1 MiB, and a journal has one row in a commit.
        for (var i = 0; i < 5; i++)
        {
            var commit = await _store.NextAsync();
            Assert.Equal((ulong)i + 2, Assert.Single(commit.Rows).Number);
            commit.Release();
        }

        Assert.True(await journal.WhenCommittedAsync(number).WaitAsync(Cancellation));
        await _writer.WhenIdleAsync(Cancellation);
        Assert.Equal(5, owner.Committed.Count);
        Assert.Equal(0, _writer.PendingBytes);
    }

    [Fact]
    public async Task Gather_PayloadsCount_ARecurringOneOnce()
    {
        var (journal, _) = (await OpenAsync("a"))[0];
        var large = ImmutableCollectionsMarshal.AsImmutableArray(new byte[700 * 1024]);
        using (_writer.BeginTurn())
        {
            for (var i = 0; i < 3; i++)
                journal.Put([(byte)i], [], payload: large);
            journal.Put([9], [], payload: ImmutableCollectionsMarshal.AsImmutableArray(new byte[700 * 1024]));
        }

        var first = await _store.NextAsync();
        first.Release();
        var second = await _store.NextAsync();
        second.Release();

        Assert.Equal(3, first.Rows.Single().Records.Split(' ').Length);
        Assert.Single(second.Rows.Single().Records.Split(' '));
    }

    [Fact]
    public async Task Turn_AppendsOfThisThread_StartOneCommitAtItsEnd()
    {
        var journals = await OpenAsync("a", "b");
        using (_writer.BeginTurn())
        {
            Put(journals[0].Journal, "k", "v");
            using (_writer.BeginTurn())
                Put(journals[1].Journal, "k", "v");
            Assert.False(_store.HasCommit);
        }

        var commit = await _store.NextAsync();
        commit.Release();
        Assert.Equal(2, commit.Rows.Length);
    }

    [Fact]
    public async Task Turn_StoreCommitsInline_CommittedOnThisThreadWhenItEnds()
    {
        await using var store = new OrleansBroker.Storage.Memory.MemoryJournalStore();
        await using var writer = new JournalWriter(store, WriterId.New(), _time);
        var owner = new RecordingOwner();
        var journal = (await writer.OpenAsync(new JournalId("session", "a"), owner, new RecordLog(), Cancellation)).Journal;
        var thread = 0;
        owner.OnCommitted = _ => thread = Environment.CurrentManagedThreadId;

        using (writer.BeginTurn())
        {
            Put(journal, "k", "v");
            Assert.Empty(owner.Committed);
        }

        Assert.Single(owner.Committed);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public async Task Turn_PutAndRemoveOfAMessage_AllocatesNothing()
    {
        await using var store = new OrleansBroker.Storage.Memory.MemoryJournalStore();
        await using var writer = new JournalWriter(store, WriterId.New(), _time);
        var journal = (await writer.OpenAsync(new JournalId("session", "a"), new SilentOwner(), new RecordLog(), Cancellation)).Journal;
        var payload = ImmutableCollectionsMarshal.AsImmutableArray(new byte[100]);

        Commit(turns: 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Commit(turns: 20);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // 10,000 messages; what a turn itself allocates is the state machine of a debug build.
        Assert.InRange(allocated, 0, 20 * 200);

        void Commit(int turns)
        {
            for (var i = 0; i < turns; i++)
            {
                using var turn = writer.BeginTurn();
                for (var message = 0; message < 500; message++)
                    journal.Remove("key"u8, journal.Put("key"u8, "value"u8, Journal.Fresh, payload));
            }
        }
    }

    [Fact]
    public async Task Owner_AppendsWhenToldCommitted_IsCommittedNext()
    {
        var (journal, owner) = (await OpenAsync("a"))[0];
        owner.OnCommitted = _ =>
        {
            if (owner.Committed.Count == 1)
                Put(journal, "effect", "1");
        };
        Put(journal, "k", "v");
        (await _store.NextAsync()).Release();
        var second = await _store.NextAsync();
        second.Release();
        await _writer.WhenIdleAsync(Cancellation);

        Assert.Equal("effect=1", second.Rows.Single().Records);
    }

    [Fact]
    public async Task Owner_Throws_IsReportedAndNothingElseNotices()
    {
        var journals = await OpenAsync("a", "b");
        journals[0].Owner.OnCommitted = _ => throw new InvalidOperationException("fault");
        using (_writer.BeginTurn())
        {
            Put(journals[0].Journal, "k", "v");
            Put(journals[1].Journal, "k", "v");
        }

        (await _store.NextAsync()).Release();
        await _writer.WhenIdleAsync(Cancellation);
        Put(journals[0].Journal, "k2", "v");
        (await _store.NextAsync()).Release();
        await _writer.WhenIdleAsync(Cancellation);

        Assert.All(_failures, failure => Assert.Equal("fault", failure.Message));
        Assert.Equal(2, _failures.Count);
        Assert.Single(journals[1].Owner.Committed);
        Assert.Equal(["k=v", "k2=v"], await ReplayAsync("a"));
    }

    [Fact]
    public async Task End_Close_IsInTheRowOfWhatWasAppendedBefore()
    {
        var (journal, _) = (await OpenAsync("a"))[0];
        ulong closed;
        using (_writer.BeginTurn())
        {
            Put(journal, "k", "v");
            journal.SetDue(99);
            journal.SetAttached("node");
            closed = journal.End(JournalEnding.Close);
            Assert.Equal(Journal.Never, Put(journal, "k", "too late"));
            Assert.Equal(Journal.Never, journal.End(JournalEnding.Delete));
        }

        (await _store.NextAsync()).Release();
        Assert.True(await journal.WhenCommittedAsync(closed).WaitAsync(Cancellation));
        var opening = await _store.OpenAsync(journal.Id, WriterId.New(), new RecordLog(), Cancellation);
        Assert.True(opening.PreviousClosed);
        Assert.Equal(99, opening.DueUtcSecond);
        Assert.Equal("node", opening.AttachedOwner);
        Assert.Equal(["k=v"], await ReplayAsync("a"));
    }

    [Fact]
    public async Task Dispose_CommitNeverAnswered_DoesNotWaitForIt()
    {
        var (journal, owner) = (await OpenAsync("a"))[0];
        Put(journal, "k", "v");
        _ = await _store.NextAsync();

        await _writer.DisposeAsync();

        Put(journal, "k2", "v");
        Assert.False(_store.HasCommit);
        Assert.Empty(owner.Committed);
    }

    [Fact]
    public async Task Append_FromManyThreads_EverythingIsCommittedOnceInOrder()
    {
        const int Journals = 16, Threads = 4, Changes = 500;
        await using var store = new OrleansBroker.Storage.Memory.MemoryJournalStore();
        await using var writer = new JournalWriter(store, WriterId.New(), TimeProvider.System);
        var opened = new List<(Journal Journal, RecordingOwner Owner)>();
        for (var i = 0; i < Journals; i++)
        {
            var owner = new RecordingOwner();
            opened.Add(((await writer.OpenAsync(new JournalId("session", "s" + i), owner, new RecordLog(), Cancellation)).Journal, owner));
        }

        var last = new ulong[Journals];
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var change = 0; change < Changes; change++)
            {
                using var turn = change % 3 == 0 ? writer.BeginTurn() : default;
                for (var i = 0; i < Journals; i++)
                {
                    lock (opened[i].Owner)
                        last[i] = Put(opened[i].Journal, $"{thread}-{change}", "v");
                }
            }
        }, Cancellation)));
        for (var i = 0; i < Journals; i++)
            Assert.True(await opened[i].Journal.WhenCommittedAsync(last[i]).WaitAsync(Cancellation));
        await writer.WhenIdleAsync(Cancellation);

        foreach (var (journal, owner) in opened)
        {
            Assert.Equal(owner.Committed.Order(), owner.Committed);
            var log = new RecordLog();
            await store.OpenAsync(journal.Id, WriterId.New(), log, Cancellation);
            Assert.Equal(Threads * Changes, log.Records.Count);
            for (var thread = 0; thread < Threads; thread++)
            {
                var own = log.Records.Where(record => record.StartsWith(thread + "-", StringComparison.Ordinal));
                Assert.Equal(Enumerable.Range(0, Changes).Select(change => $"{thread}-{change}=v"), own);
            }
        }

        Assert.Equal(0, writer.PendingBytes);
    }

    private sealed class SilentOwner : IJournalOwner
    {
        public void Committed(ulong number)
        {
        }

        public void Fenced()
        {
        }
    }

    private static ulong Put(Journal journal, string key, string value) =>
        journal.Put(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));

    private JournalWriter NewWriter(JournalWriterOptions options) =>
        new(_store, WriterId.New(), _time, options with { Failed = _failures.Add });

    private async Task<List<(Journal Journal, RecordingOwner Owner)>> OpenAsync(params string[] keys)
    {
        var opened = new List<(Journal, RecordingOwner)>();
        foreach (var key in keys)
        {
            var owner = new RecordingOwner();
            opened.Add(((await _writer.OpenAsync(new JournalId("session", key), owner, new RecordLog(), Cancellation)).Journal, owner));
        }

        return opened;
    }

    private static async Task<List<(Journal Journal, RecordingOwner Owner)>> OpenManyAsync(JournalWriter writer, int count)
    {
        var opened = new List<(Journal, RecordingOwner)>();
        for (var i = 0; i < count; i++)
        {
            var owner = new RecordingOwner();
            opened.Add(((await writer.OpenAsync(new JournalId("session", "s" + i), owner, new RecordLog(), Cancellation)).Journal, owner));
        }

        return opened;
    }

    private async Task<List<string>> ReplayAsync(string key)
    {
        var log = new RecordLog();
        await _store.OpenAsync(new JournalId("session", key), WriterId.New(), log, Cancellation);
        return log.Records;
    }
}
