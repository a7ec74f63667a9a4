using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Leases;

/// <summary>A lease whose store answers when the test says so, on a clock that the test moves (invariant B1).</summary>
public sealed class SiloLeaseTests : IAsyncDisposable
{
    private static readonly TimingOptions Timing = new();
    private static readonly OwnedJournal Shard = new(new JournalId(ISiloLeases.WatchedKind, "00005"), new JournalEpoch(7));

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedLeases _store = new();
    private readonly BrokerCounters _counters = new();
    private readonly WriterId _self = WriterId.New();
    private readonly SiloLease _lease;

    public SiloLeaseTests() => _lease = new SiloLease(_store, _self, Timing, _time, _counters, NullLogger<SiloLease>.Instance);

    public async ValueTask DisposeAsync()
    {
        var stopping = _lease.StopAsync();
        while (!stopping.IsCompleted)
        {
            if (_store.HasRenewal) (await _store.NextRenewalAsync()).SetResult([]);
            await Task.Yield();
        }

        await stopping;
        _lease.Dispose();
    }

    [Fact]
    public async Task Start_NotAnsweredYet_IsNotValid()
    {
        var starting = _lease.StartAsync();
        var renewal = await _store.NextRenewalAsync();
        Assert.False(_lease.IsValid);
        Assert.True(_lease.HasLapsed);

        renewal.SetResult([]);
        await starting.Soon();
        Assert.True(_lease.IsValid);
        Assert.False(_lease.HasLapsed);
        Assert.Equal(TimeSpan.Zero, _lease.InvalidFor);
        Assert.Equal(0, _counters.Read(BrokerCounter.LeasesLapsed));
    }

    [Fact]
    public async Task Renew_AnswerTookLong_CountsFromBeforeItWasSent()
    {
        var starting = _lease.StartAsync();
        var renewal = await _store.NextRenewalAsync();
        _time.Advance(TimeSpan.FromMilliseconds(600));
        renewal.SetResult([]);
        await starting.Soon();
        Assert.True(_lease.IsValid);

        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.False(_lease.IsValid);
    }

    [Fact]
    public async Task Renew_AnswerComesAfterItsValidity_IsNotValid()
    {
        var starting = _lease.StartAsync();
        var renewal = await _store.NextRenewalAsync();
        _time.Advance(Timing.LeaseValidity);
        renewal.SetResult([]);
        await starting.Soon();
        Assert.False(_lease.IsValid);
        Assert.True(_lease.HasLapsed);
    }

    [Fact]
    public async Task Renew_StoreStalls_LapsesAndWhoWaitsGoesOnWithTheNextAnswer()
    {
        await StartAsync();
        var holder = new RecordingHolder(_lease);
        _lease.Claim(Shard, holder);
        var renewal = await AskForRenewalAsync();
        Assert.True(_lease.WhenValidAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);

        _time.Advance(Timing.LeaseValidity);
        var waiting = _lease.WhenValidAsync(CancellationToken.None).AsTask();
        Assert.True(_lease.HasLapsed);
        Assert.Equal(1, _counters.Read(BrokerCounter.LeasesLapsed));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.InRange(_lease.InvalidFor, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        Assert.False(waiting.IsCompleted);

        renewal.SetException(new TimeoutException("The store stalls."));
        (await NextRenewalAsync()).SetResult([Shard]);
        await waiting.Soon();
        await BrokerCluster.EventuallyAsync(() => holder.Told.Length > 0);
        Assert.Equal("recovered while valid", holder.Told);
        Assert.Equal(1, _counters.Read(BrokerCounter.LeasesLapsed));
    }

    /// <summary>The process stood still, and no timer has said so.</summary>
    [Fact]
    public async Task Renew_RanOutUnnoticed_IsALapseToo()
    {
        var time = new Timing.ManualTime(1_000);
        using var lease = new SiloLease(_store, _self, Timing, time, _counters, NullLogger<SiloLease>.Instance);
        var starting = lease.StartAsync();
        (await _store.NextRenewalAsync()).SetResult([]);
        await starting.Soon();
        var holder = new RecordingHolder(lease);
        lease.Claim(Shard, holder);
        time.Milliseconds += 2_000;
        Assert.False(lease.IsValid);
        Assert.False(lease.HasLapsed);

        var renewed = lease.RenewedAsync(CancellationToken.None);
        (await _store.NextRenewalAsync()).SetResult([Shard]);
        await renewed.Soon();
        Assert.Equal("recovered while valid", holder.Told);
        Assert.Equal(1, _counters.Read(BrokerCounter.LeasesLapsed));
        await lease.StopAsync();
    }

    /// <summary>The others wait for no lease of it and it takes nothing from them; what it was told last is not enough, so it is asked each time.</summary>
    [Fact]
    public async Task Renew_DeclaredDeadWhileItRanOut_IsNotSentAndNeverValidAgain()
    {
        var time = new Timing.ManualTime(1_000);
        var (isDead, asked) = (false, 0);
        using var lease = new SiloLease(_store, _self, Timing, time, _counters, NullLogger<SiloLease>.Instance, _ =>
        {
            asked++;
            return Task.FromResult(isDead);
        });
        var starting = lease.StartAsync();
        (await _store.NextRenewalAsync()).SetResult([]);
        await starting.Soon();
        var renewed = lease.RenewedAsync(CancellationToken.None);
        (await _store.NextRenewalAsync()).SetResult([]);
        await renewed.Soon();
        Assert.Equal(0, asked);

        time.Milliseconds += 2_000;
        renewed = lease.RenewedAsync(CancellationToken.None);
        (await _store.NextRenewalAsync()).SetResult([]);
        await renewed.Soon();
        Assert.Equal(1, asked);
        Assert.True(lease.IsValid);

        isDead = true;
        time.Milliseconds += 2_000;
        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<DeclaredDeadException>(() => lease.RenewedAsync(CancellationToken.None).Soon());
        Assert.False(lease.IsValid);
        Assert.False(_store.HasRenewal);
        await lease.StopAsync();
    }

    [Fact]
    public async Task Renew_JournalHasAnotherOwner_HolderHearsOfItBeforeTheLeaseIsValidAgain()
    {
        await StartAsync();
        var lost = new RecordingHolder(_lease);
        var kept = new RecordingHolder(_lease);
        var other = new OwnedJournal(new JournalId(ISiloLeases.WatchedKind, "00006"), new JournalEpoch(9));
        _lease.Claim(Shard, lost);
        _lease.Claim(other, kept);
        _time.Advance(Timing.LeaseValidity);

        var renewal = await NextRenewalAsync();
        renewal.SetResult([other, Shard with { Epoch = new JournalEpoch(8) }]);
        await _lease.WhenValidAsync(CancellationToken.None).AsTask().Soon();
        Assert.Equal("lost while not valid", lost.Told);
        await BrokerCluster.EventuallyAsync(() => kept.Told.Length > 0);
        Assert.Equal("recovered while valid", kept.Told);
    }

    [Fact]
    public async Task Renewed_AskedForDuringARenewal_WaitsForTheNext()
    {
        await StartAsync();
        var first = await AskForRenewalAsync();
        var holder = new RecordingHolder(_lease);
        _lease.Claim(Shard, holder);
        var renewed = _lease.RenewedAsync(CancellationToken.None);
        first.SetResult([]);

        var second = await _store.NextRenewalAsync();
        Assert.False(renewed.IsCompleted);
        Assert.Empty(holder.Told);
        second.SetResult([]);
        await renewed.Soon();
        Assert.StartsWith("lost", holder.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renewed_StoreFails_Throws()
    {
        await StartAsync();
        var renewed = _lease.RenewedAsync(CancellationToken.None);
        (await _store.NextRenewalAsync()).SetException(new TimeoutException("The store stalls."));
        await Assert.ThrowsAsync<TimeoutException>(() => renewed.Soon());
    }

    [Fact]
    public async Task Stop_Valid_EndsTheLeaseAndWhoWaits()
    {
        await StartAsync();
        var renewal = await AskForRenewalAsync();
        _time.Advance(Timing.LeaseValidity);
        var waiting = _lease.WhenValidAsync(CancellationToken.None).AsTask();
        var stopping = _lease.StopAsync();
        renewal.SetResult([]);
        await stopping.Soon();

        Assert.Equal([_self], _store.Ended);
        Assert.False(_lease.IsValid);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _lease.WhenValidAsync(new CancellationToken(canceled: true)).AsTask());
        await (waiting.IsCompletedSuccessfully ? Task.CompletedTask : Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting));
    }

    private async Task StartAsync()
    {
        var starting = _lease.StartAsync();
        (await _store.NextRenewalAsync()).SetResult([]);
        await starting.Soon();
    }

    private async Task<TaskCompletionSource<IReadOnlyList<OwnedJournal>>> AskForRenewalAsync()
    {
        _ = _lease.RenewedAsync(CancellationToken.None).ContinueWith(static task => task.Exception, TaskScheduler.Default);
        return await _store.NextRenewalAsync();
    }

    /// <summary>Time goes on until the next one is sent: when the loop begins to wait for it, nobody says.</summary>
    private async Task<TaskCompletionSource<IReadOnlyList<OwnedJournal>>> NextRenewalAsync()
    {
        await BrokerCluster.EventuallyAsync(() =>
        {
            if (!_store.HasRenewal) _time.Advance(Timing.LeaseRenewal / 10);
            return _store.HasRenewal;
        });
        return await _store.NextRenewalAsync();
    }
}
