using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public abstract partial class JournalStoreContract
{
    [Fact]
    public async Task Commit_AfterAnotherOpening_IsFencedAndChangesNothing()
    {
        var stale = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), stale).Put("k", "v"));
        await OpenAsync(Session("a"), WriterId.New());

        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), stale, 2).Put("k", "stale").Due(5).Attached("x")));
        Assert.Equal(["k=v"], await ReplayAsync(Session("a")));
        Assert.Empty(await AllDueAsync(100));
        Assert.Empty(await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
    }

    [Fact]
    public async Task Commit_SameWriterOlderEpoch_IsFenced()
    {
        // One silo may open a journal twice: a new activation while the old one still runs (invariant B1).
        var stale = await OpenAsync(Session("a"));
        await OpenAsync(Session("a"));

        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), stale).Put("k", "stale")));
    }

    [Fact]
    public async Task Commit_OneFencedOfAHundred_TheOthersAreCommitted()
    {
        var rows = new List<JournalAppend>();
        for (var i = 0; i < 100; i++)
            rows.Add(Row(Session("s" + i), await OpenAsync(Session("s" + i))).Put("k", "v" + i).Build());
        await OpenAsync(Session("s42"), WriterId.New());

        await Store.CommitAsync(rows, Cancellation);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i == 42 ? JournalOutcome.Fenced : JournalOutcome.Committed, rows[i].Outcome);
            Assert.Equal(i == 42 ? [] : ["k=v" + i], await ReplayAsync(Session("s" + i)));
        }
    }

    [Fact]
    public async Task Commit_RowRepeatedAfterItWasApplied_IsCommittedOnce()
    {
        var opening = await OpenAsync(Session("a"));
        var row = Row(Session("a"), opening, 1).Put("k", "old").Due(10).Attached("node").Build();
        await Store.CommitAsync([row], Cancellation);

        row.Outcome = JournalOutcome.Unknown;
        await Store.CommitAsync([row], Cancellation);

        Assert.Equal(JournalOutcome.Committed, row.Outcome);
        Assert.Equal(["k=old"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Commit_OldRowRepeatedAfterALaterOne_IsCommittedAndDoesNotReplaceIt()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(
            Row(Session("a"), opening, 1).Put("k", "old"),
            Row(Session("a"), opening, 2).Put("k", "new"),
            Row(Session("a"), opening, 1).Put("k", "old"));

        Assert.Equal(["k=new"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Commit_PartlyAppliedBatchRepeated_EveryRowIsCommittedOnce()
    {
        var rows = new List<JournalAppend>();
        for (var i = 0; i < 10; i++)
            rows.Add(Row(Session("s" + i), await OpenAsync(Session("s" + i))).Put("k", "v").Build());
        await Store.CommitAsync(rows[..5], Cancellation);

        await Store.CommitAsync(rows, Cancellation);

        Assert.All(rows, row => Assert.Equal(JournalOutcome.Committed, row.Outcome));
        for (var i = 0; i < 10; i++)
            Assert.Equal(["k=v"], await ReplayAsync(Session("s" + i)));
    }

    [Fact]
    public async Task Commit_WhileOthersOpen_WhatIsCommittedIsSeenByTheNextOwner()
    {
        // Of each pair either the commit came first and the opening sees it, or it was fenced and nobody ever sees it.
        for (var i = 0; i < 50; i++)
        {
            var journal = Session("s" + i);
            var row = Row(journal, await OpenAsync(journal)).Put("k", "v").Build();
            var log = new RecordLog();
            using var barrier = new Barrier(2);
            var commit = Task.Run(async () =>
            {
                barrier.SignalAndWait(Cancellation);
                await Store.CommitAsync([row], Cancellation);
            }, Cancellation);
            var open = Task.Run(async () =>
            {
                barrier.SignalAndWait(Cancellation);
                await Store.OpenAsync(journal, WriterId.New(), log, Cancellation);
            }, Cancellation);
            await Task.WhenAll(commit, open);

            Assert.NotEqual(JournalOutcome.Unknown, row.Outcome);
            Assert.Equal(row.Outcome == JournalOutcome.Committed ? ["k=v"] : [], log.Records);
            Assert.Equal(log.Records, await ReplayAsync(journal));
        }
    }

    [Fact]
    public async Task Commit_OfDifferentJournalsAtOnce_AllAreCommitted()
    {
        const int Journals = 32;
        var openings = new JournalOpening[Journals];
        for (var i = 0; i < Journals; i++)
            openings[i] = await OpenAsync(Session("s" + i));
        await Task.WhenAll(Enumerable.Range(0, Journals).Select(i => Task.Run(async () =>
        {
            for (var row = 1; row <= 20; row++)
                await CommitAllAsync(Row(Session("s" + i), openings[i], row).Put("k" + row, "v").Remove("k" + (row - 1)));
        }, Cancellation)));

        for (var i = 0; i < Journals; i++)
            Assert.Equal(["k20=v"], await ReplayAsync(Session("s" + i)));
    }

    [Fact]
    public async Task Compact_WhateverIsLeft_RecordsOrderAndNumbersStay()
    {
        var opening = await OpenAsync(Session("a"));
        for (var row = 1; row <= 200; row++)
            await CommitAllAsync(Row(Session("a"), opening, row).Put("churn", row.ToString()).Put("k" + (row % 10), row.ToString()));
        await CompactFullyAsync(Session("a"), opening);
        await CommitAllAsync(Row(Session("a"), opening, 201).Put("last", "1"));

        var expected = Enumerable.Range(191, 9).Select(row => $"k{row % 10}={row}").Concat(["churn=200", "k0=200", "last=1"]);
        Assert.Equal(expected, await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Compact_ThenStaleAppend_IsFenced()
    {
        var stale = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), stale, 1).Put("k", "1"));
        await OpenAsync(Session("a"), WriterId.New()); // this row has the stale owner's next number, and it is not the latest opening
        var writer = WriterId.New();
        var owner = await OpenAsync(Session("a"), writer);
        await CommitAllAsync(Row(Session("a"), owner, 1, writer).Put("k", "2"), Row(Session("a"), owner, 2, writer).Put("k", "3"));
        await CompactFullyAsync(Session("a"), owner, writer);

        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), stale, 2).Put("k", "stale")));
        Assert.Equal(["k=3"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Compact_ByAStaleOwner_IsFenced()
    {
        var stale = await OpenAsync(Session("a"));
        await OpenAsync(Session("a"), WriterId.New());

        Assert.Equal(JournalCompaction.Fenced, await Store.CompactAsync(Session("a"), stale.Epoch, Writer, 100, Cancellation));
    }

    private async Task CompactFullyAsync(JournalId journal, JournalOpening opening, WriterId? writer = null)
    {
        JournalCompaction step;
        do
        {
            step = await Store.CompactAsync(journal, opening.Epoch, writer ?? Writer, 16, Cancellation);
            Assert.NotEqual(JournalCompaction.Fenced, step);
        }
        while (step == JournalCompaction.More);
    }
}
