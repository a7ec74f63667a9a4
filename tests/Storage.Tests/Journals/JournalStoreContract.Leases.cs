using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public abstract partial class JournalStoreContract
{
    protected static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    protected static JournalId Shard(int number) => new(ISiloLeases.WatchedKind, number.ToString("D5"));

    [Fact]
    public async Task Remaining_WriterWithoutLease_IsZero() =>
        Assert.Equal(TimeSpan.Zero, await Store.Leases.RemainingAsync(Writer, Cancellation));

    [Fact]
    public async Task Renew_ThenAsked_RunsForNoLongerThanItsValidity()
    {
        await Store.Leases.RenewAsync(Writer, Long, Cancellation);
        Assert.InRange(await Store.Leases.RemainingAsync(Writer, Cancellation), TimeSpan.FromMinutes(1), Long);
        Assert.Equal(TimeSpan.Zero, await Store.Leases.RemainingAsync(WriterId.New(), Cancellation));
    }

    [Fact]
    public async Task Renew_NotRepeated_RunsOut()
    {
        await Store.Leases.RenewAsync(Writer, Short, Cancellation);
        while (await Store.Leases.RemainingAsync(Writer, Cancellation) is var remaining && remaining > TimeSpan.Zero) Assert.True(remaining <= Short);
    }

    [Fact]
    public async Task Renew_Again_CountsAnewWithItsOwnValidity()
    {
        await Store.Leases.RenewAsync(Writer, Short, Cancellation);
        await Store.Leases.RenewAsync(Writer, Long, Cancellation);
        Assert.InRange(await Store.Leases.RemainingAsync(Writer, Cancellation), TimeSpan.FromMinutes(1), Long);
        await Store.Leases.RenewAsync(Writer, Short, Cancellation);
        Assert.True(await Store.Leases.RemainingAsync(Writer, Cancellation) <= Short);
    }

    [Fact]
    public async Task EndLease_OfOne_EndsNoOther()
    {
        var other = WriterId.New();
        await Store.Leases.RenewAsync(Writer, Long, Cancellation);
        await Store.Leases.RenewAsync(other, Long, Cancellation);
        await Store.Leases.EndAsync(Writer, Cancellation);
        await Store.Leases.EndAsync(Writer, Cancellation);

        Assert.Equal(TimeSpan.Zero, await Store.Leases.RemainingAsync(Writer, Cancellation));
        Assert.True(await Store.Leases.RemainingAsync(other, Cancellation) > TimeSpan.Zero);
    }

    [Fact]
    public async Task Renew_TellsTheShardsThatTheWriterOpenedLast()
    {
        var other = WriterId.New();
        var kept = await OpenAsync(Shard(1));
        await OpenAsync(Shard(2));
        await OpenAsync(Session("a"));
        await OpenAsync(Shard(3), other);
        Assert.Equal([Shard(1), Shard(2)], (await OwnedAsync(Writer)).Select(static owned => owned.Journal));

        var taken = await OpenAsync(Shard(2), other);
        Assert.Equal([new OwnedJournal(Shard(1), kept.Epoch)], await OwnedAsync(Writer));
        Assert.Contains(new OwnedJournal(Shard(2), taken.Epoch), await OwnedAsync(other));

        var again = await OpenAsync(Shard(1));
        await CommitAllAsync(Row(Shard(1), again).Put("k", "v"));
        Assert.Equal([new OwnedJournal(Shard(1), again.Epoch)], await OwnedAsync(Writer));
    }

    /// <summary>Whichever of the two is late, one of them learns of the other (invariant B1).</summary>
    [Fact]
    public async Task Renew_WhileAnotherOpens_SeesTheOpeningOrIsSeenByIt()
    {
        var other = WriterId.New();
        for (var round = 0; round < 20; round++)
        {
            var shard = Shard(round);
            var mine = await OpenAsync(shard);
            await Store.Leases.EndAsync(Writer, Cancellation);
            using var start = new Barrier(2);
            var renewal = Task.Run(
                async () =>
                {
                    start.SignalAndWait(Cancellation);
                    return await Store.Leases.RenewAsync(Writer, Long, Cancellation);
                },
                Cancellation);
            var opening = Task.Run(
                async () =>
                {
                    start.SignalAndWait(Cancellation);
                    var opened = await OpenAsync(shard, other);
                    Assert.Equal(Writer, opened.PreviousWriter);
                    return await Store.Leases.RemainingAsync(Writer, Cancellation);
                },
                Cancellation);
            var isSeenAsLost = !(await renewal).Contains(new OwnedJournal(shard, mine.Epoch));
            Assert.True(isSeenAsLost || await opening > TimeSpan.Zero);
            await opening;
        }
    }

    [Fact]
    public async Task Open_NotClosedBefore_SaysHowLongAgoThatWasOpened()
    {
        var since = TimeProvider.System.GetTimestamp();
        await OpenAsync(Session("a"));
        await Store.Leases.RenewAsync(Writer, Short, Cancellation);
        while (await Store.Leases.RemainingAsync(Writer, Cancellation) > TimeSpan.Zero) Assert.False(Cancellation.IsCancellationRequested);

        var opening = await OpenAsync(Session("a"));
        // Two clocks, the store's and this one: what lies between the two openings is a lease of the store's.
        Assert.InRange(opening.PreviousAge, Short / 2, TimeProvider.System.GetElapsedTime(since) * 2);
        Assert.InRange((await OpenAsync(Session("a"))).PreviousAge, TimeSpan.Zero, TimeProvider.System.GetElapsedTime(since));
    }

    private async Task<List<OwnedJournal>> OwnedAsync(WriterId writer) =>
        [.. (await Store.Leases.RenewAsync(writer, Long, Cancellation)).OrderBy(static owned => owned.Journal)];
}
