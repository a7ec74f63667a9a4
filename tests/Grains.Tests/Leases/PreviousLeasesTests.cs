using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Leases;

/// <summary>Whoever opens a journal that was not closed waits for the lease of the one before.</summary>
public sealed class PreviousLeasesTests
{
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedLeases _store = new();
    private readonly WriterId _self = WriterId.New();
    private readonly WriterId _previous = WriterId.New();
    private readonly PreviousLeases _leases;

    public PreviousLeasesTests() => _leases = new PreviousLeases(_store, _self, Validity, Limit, _time);

    [Fact]
    public void Outlast_ClosedOrNew_WaitsForNothing()
    {
        Assert.True(OutlastAsync(Opening(_previous, TimeSpan.Zero) with { PreviousClosed = true }).IsCompletedSuccessfully);
        Assert.True(OutlastAsync(Opening(null, TimeSpan.Zero)).IsCompletedSuccessfully);
        Assert.False(_store.HasQuestion);
    }

    [Fact]
    public async Task Outlast_LeaseRuns_WaitsUntilItHasRunOut()
    {
        var outlasting = OutlastAsync(Opening(_previous, TimeSpan.FromHours(1)));
        (await _store.NextQuestionAsync()).SetResult(TimeSpan.FromMilliseconds(700));
        // When the wait begins, nobody says; time that goes by before it does not count.
        var waited = TimeSpan.Zero;
        await BrokerCluster.EventuallyAsync(() =>
        {
            if (outlasting.IsCompleted) return true;
            _time.Advance(TimeSpan.FromMilliseconds(10));
            waited += TimeSpan.FromMilliseconds(10);
            return false;
        });
        Assert.True(waited >= TimeSpan.FromMilliseconds(700));
    }

    [Fact]
    public async Task Outlast_LeaseHasEnded_DoesNotWait()
    {
        var outlasting = OutlastAsync(Opening(_previous, TimeSpan.FromHours(1)));
        (await _store.NextQuestionAsync()).SetResult(TimeSpan.Zero);
        await outlasting.Soon();
    }

    /// <summary>It may have been opened by one who did not live to wait for the lease before its own.</summary>
    [Fact]
    public async Task Outlast_OpenedAMomentAgoByThisSiloItself_WaitsForThoseBeforeIt()
    {
        var outlasting = OutlastAsync(Opening(_self, TimeSpan.FromMilliseconds(500)));
        Assert.False(_store.HasQuestion);
        _time.Advance(TimeSpan.FromMilliseconds(1_490));
        Assert.False(outlasting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        await outlasting.Soon();

        Assert.True(OutlastAsync(Opening(_self, TimeSpan.FromSeconds(2))).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Outlast_ManyJournalsOfOneWriter_AskTwice()
    {
        var first = OutlastAsync(Opening(_previous, TimeSpan.FromHours(1)));
        var question = await _store.NextQuestionAsync();
        // What is under way may be answered as of a time before these were opened.
        var others = Enumerable.Range(0, 1_000).Select(_ => OutlastAsync(Opening(_previous, TimeSpan.FromHours(1)))).ToArray();
        Assert.False(_store.HasQuestion);
        question.SetResult(TimeSpan.Zero);
        await first.Soon();
        Assert.DoesNotContain(others, static other => other.IsCompleted);

        (await _store.NextQuestionAsync()).SetResult(TimeSpan.Zero);
        await Task.WhenAll(others).Soon();
        Assert.False(_store.HasQuestion);
    }

    [Fact]
    public async Task Outlast_StoreFails_ThrowsAndTheNextAsksAgain()
    {
        var outlasting = OutlastAsync(Opening(_previous, TimeSpan.FromHours(1)));
        (await _store.NextQuestionAsync()).SetException(new InvalidOperationException("The store is down."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => outlasting.Soon());
        var again = OutlastAsync(Opening(_previous, TimeSpan.FromHours(1)));
        (await _store.NextQuestionAsync()).SetResult(TimeSpan.Zero);
        await again.Soon();
    }

    private static JournalOpening Opening(WriterId? previous, TimeSpan age) => new(new JournalEpoch(2), 2, previous, PreviousClosed: previous is null, 0, null) { PreviousAge = age };

    private Task OutlastAsync(JournalOpening opening) => _leases.OutlastAsync(opening, CancellationToken.None).AsTask();
}
