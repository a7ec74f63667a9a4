using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Grains.Tests.Leases;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Nodes;

/// <summary>A store that answers when the test says so, on a clock that the test moves.</summary>
public sealed class StoreWatchTests : IAsyncDisposable
{
    private static readonly TimingOptions Timing = new();
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedLeases _store = new();
    private readonly FaultyStore _faulty;
    private readonly JournalWriter _writer;
    private readonly StoreWatch _watch;

    public StoreWatchTests()
    {
        _faulty = new FaultyStore(_store);
        _writer = new JournalWriter(_faulty, WriterId.New(), _time);
        _watch = new StoreWatch(_faulty, _writer, Timing, _time, NullLogger<StoreWatch>.Instance);
    }

    [Fact]
    public async Task Trouble_ThreeProbesWithoutAnAnswer_IsSaidUntilOneComes()
    {
        await _watch.StartAsync(TestContext.Current.CancellationToken);
        for (var failed = 1; failed <= 3; failed++)
        {
            Assert.Null(_watch.Trouble);
            _time.Advance(Second);
            (await _store.NextQuestionAsync()).SetException(new TimeoutException());
            await BrokerCluster.EventuallyAsync(() => _watch.FailedProbes == failed);
        }

        Assert.Equal(2 * Second, _watch.UnreachedFor);
        _time.Advance(Second);
        Assert.Equal("The store does not answer.", _watch.Trouble);

        (await _store.NextQuestionAsync()).SetResult(TimeSpan.Zero);
        await BrokerCluster.EventuallyAsync(() => _watch.Trouble is null);
        Assert.Equal(TimeSpan.Zero, _watch.UnreachedFor);
    }

    [Fact]
    public async Task Trouble_AProbeThatHangs_CountsAsOneThatFails()
    {
        await _watch.StartAsync(TestContext.Current.CancellationToken);
        _time.Advance(Second);
        var hanging = await _store.NextQuestionAsync();
        _time.Advance(Second);
        await BrokerCluster.EventuallyAsync(() => _watch.FailedProbes == 1);
        _time.Advance(2 * Second);
        Assert.Equal("The store does not answer.", _watch.Trouble);
        Assert.False(hanging.Task.IsCompleted);
    }

    [Fact]
    public async Task Trouble_LeaseRunOut_IsSaidWithoutAnyProbe()
    {
        var lease = new Lease();
        await using var memory = new MemoryJournalStore();
        using var watch = new StoreWatch(memory, _writer, Timing, _time, NullLogger<StoreWatch>.Instance, lease);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        lease.InvalidFor = 2.9 * Second;
        Assert.Null(watch.Trouble);
        lease.InvalidFor = 3 * Second;
        Assert.Equal("The node's lease in the store has run out and is not renewed.", watch.Trouble);
    }

    [Fact]
    public async Task Trouble_ProbesOff_IsNeverSaid()
    {
        using var watch = new StoreWatch(_faulty, _writer, Timing with { StoreProbe = TimeSpan.Zero }, _time, NullLogger<StoreWatch>.Instance, new Lease { InvalidFor = 100 * Second });
        await watch.StartAsync(TestContext.Current.CancellationToken);
        _time.Advance(100 * Second);
        Assert.Null(watch.Trouble);
        Assert.False(_store.HasQuestion);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(CancellationToken.None);
        _watch.Dispose();
        await _writer.DisposeAsync();
        await _faulty.DisposeAsync();
    }

    private sealed class Lease : INodeLease
    {
        public bool IsValid => InvalidFor == TimeSpan.Zero;

        public TimeSpan InvalidFor { get; set; }
    }
}
