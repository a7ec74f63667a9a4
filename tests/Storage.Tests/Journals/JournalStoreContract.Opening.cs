using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public abstract partial class JournalStoreContract
{
    [Fact]
    public async Task Open_NewJournal_IsEmptyAndHasNoPrevious()
    {
        var log = new RecordLog();
        var opening = await Store.OpenAsync(Session("a"), Writer, log, Cancellation);

        Assert.Empty(log.Records);
        Assert.Null(opening.PreviousWriter);
        Assert.True(opening.PreviousClosed);
        Assert.Equal(1ul, opening.Number);
        Assert.Equal(0, opening.DueUtcSecond);
        Assert.Null(opening.AttachedOwner);
    }

    [Fact]
    public async Task Open_Again_RaisesEpochAndNumberAndNamesPrevious()
    {
        var first = await OpenAsync(Session("a"));
        var second = await OpenAsync(Session("a"), WriterId.New());

        Assert.True(second.Epoch.Value > first.Epoch.Value);
        Assert.Equal(first.Number + 1, second.Number);
        Assert.Equal(Writer, second.PreviousWriter);
        Assert.False(second.PreviousClosed);
    }

    [Fact]
    public async Task Open_AfterClose_SaysClosed()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Put("k", "v").Ending(JournalEnding.Close));

        Assert.True((await OpenAsync(Session("a"))).PreviousClosed);
        Assert.Equal(["k=v"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Open_AfterCloseAndAnotherOpening_SaysNotClosed()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Ending(JournalEnding.Close));
        await OpenAsync(Session("a"));

        Assert.False((await OpenAsync(Session("a"))).PreviousClosed);
    }

    [Fact]
    public async Task Open_ManyAtOnce_EachHasItsOwnEpochAndOnlyTheLastCanAppend()
    {
        var openings = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => OpenAsync(Session("a")).AsTask(), Cancellation)));

        Assert.Equal(20, openings.Select(opening => opening.Epoch).Distinct().Count());
        Assert.Equal(20, openings.Select(opening => opening.Number).Distinct().Count());
        var last = openings.MaxBy(opening => opening.Epoch.Value);
        Assert.Equal(last.Number, openings.Max(opening => opening.Number));
        foreach (var opening in openings)
        {
            var expected = opening == last ? JournalOutcome.Committed : JournalOutcome.Fenced;
            Assert.Equal(expected, await CommitAsync(Row(Session("a"), opening).Put("k", "v")));
        }
    }

    [Fact]
    public async Task Open_AfterStoreWasReopened_GoesOnWithEpochsNumbersAndRecords()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Put("k", "v").Due(77).Attached("node"));

        await ReopenStoreAsync();
        var log = new RecordLog();
        var next = await Store.OpenAsync(Session("a"), WriterId.New(), log, Cancellation);

        Assert.Equal(["k=v"], log.Records);
        Assert.True(next.Epoch.Value > opening.Epoch.Value);
        Assert.Equal(opening.Number + 2, next.Number);
        Assert.Equal(Writer, next.PreviousWriter);
        Assert.Equal(77, next.DueUtcSecond);
        Assert.Equal("node", next.AttachedOwner);
        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), opening, 2).Put("k", "stale")));
    }

    [Fact]
    public async Task Open_SameKeyInAnotherKind_IsAnotherJournal()
    {
        var session = await OpenAsync(Session("1"));
        await OpenAsync(new JournalId("shard", "1"));

        await CommitAllAsync(Row(Session("1"), session).Put("k", "v"));
        Assert.Empty(await ReplayAsync(new JournalId("shard", "1")));
        Assert.Equal(["k=v"], await ReplayAsync(Session("1")));
    }
}
