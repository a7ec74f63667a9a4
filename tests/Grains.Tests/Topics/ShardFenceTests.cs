using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Grains.Tests.Leases;
using OrleansBroker.Grains.Tests.Sessions;
using OrleansBroker.Grains.Tests.Timing;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Topics;

/// <summary>A shard in a process that stands still: its lease has run out, and no timer has told anybody (invariant B1).</summary>
public sealed class ShardFenceTests : IAsyncLifetime
{
    private static readonly OwnedJournal Journal = new(new JournalId(ISiloLeases.WatchedKind, "00000"), new JournalEpoch(1));

    private readonly ManualTime _time = new(1_000);
    private readonly ScriptedLeases _store = new();
    private readonly BrokerCounters _counters = new();
    private SiloLease _lease = null!;
    private ShardRoutes _routes = null!;
    private ShardMonitor _shard = null!;
    private int _delivered;
    private bool _isLost;

    public async ValueTask InitializeAsync()
    {
        _lease = new SiloLease(_store, WriterId.New(), new TimingOptions(), _time, _counters, NullLogger<SiloLease>.Instance);
        await RenewAsync(_lease.StartAsync(), []);
        // What this does not touch is left out.
        var limits = new LimitsOptions();
        var clock = new BrokerClock(_time);
        var cluster = new ClusterView(null!, null!, Calls.Proxy<ILocalSiloDetails>(new Calls()), NullLogger<ClusterView>.Instance);
        var senders = new NodeSenders(null!, cluster, new Outstanding(new IncarnationSource(_time)), clock, _counters, NullLogger<NodeSenders>.Instance);
        _routes = new ShardRoutes(null!, new ShardSpace(1, 1), null!, senders, _counters, NullLogger<ShardRoutes>.Instance);
        var services = new ShardServices(
            limits, new InboxLimits(int.MaxValue, TimeSpan.FromHours(1)), _counters, new RetainedTotals(limits), clock, null!, _routes, null!, null!, null!, null!, null!, null!, null!, null!, null!, NullLogger<TopicGrain>.Instance, new TimingOptions(), _lease);
        _shard = new ShardMonitor(0, services, _ => _isLost = true);
        var filter = TopicFilter.Parse("t");
        var route = new Route(filter, new CountingReceiver("receiver", () => _delivered++), 1, new RouteGrant(1, QoS.AtLeastOnce, false, false, 0), IsDurable: false);
        await _shard.RunAsync(shard => (0, shard.Register(route, sendRetained: false, out _)));
        _lease.Claim(Journal, _shard);
    }

    public async ValueTask DisposeAsync()
    {
        await _lease.StopAsync();
        _lease.Dispose();
    }

    [Fact]
    public void Publish_LeaseValid_IsDoneAtOnce()
    {
        Assert.True(Publish().IsCompletedSuccessfully);
        Assert.Equal(1, _delivered);
    }

    [Fact]
    public async Task Publish_LeaseRanOutUnnoticed_IsDoneOnlyWhenTheShardIsKnownToBeOurs()
    {
        _time.Milliseconds += 2_000;
        var publish = Publish();
        Assert.Equal(1, _delivered);
        Assert.False(publish.IsCompleted);

        await RenewAsync(_lease.RenewedAsync(CancellationToken.None), [Journal]);
        Assert.Equal(ReasonCode.Success, await publish.Soon());
        Assert.Equal(ReasonCode.Success, await Publish().Soon());
        Assert.Equal(2, _delivered);
        Assert.False(_routes.IsOn(0));
    }

    [Fact]
    public async Task Publish_LeaseRanOutUnnoticedAndTheShardIsAnothers_GoesToThatOne()
    {
        _time.Milliseconds += 2_000;
        var publish = Publish();
        await RenewAsync(_lease.RenewedAsync(CancellationToken.None), []);
        Assert.True(_lease.IsValid);
        Assert.True(_isLost);
        Assert.False(publish.IsCompleted);
        Assert.Equal(1, _routes.WaitingFor(0));

        var next = Publish();
        Assert.False(next.IsCompleted);
        Assert.Equal(2, _routes.WaitingFor(0));
        Assert.Equal(1, _delivered);
    }

    private Task<ReasonCode> Publish()
    {
        var publisher = new TestPublisher();
        _shard.Publish(new Publication("tm"u8.ToArray(), 1, 0, QoS.AtLeastOnce, retain: false, "publisher").PublishedBy(publisher));
        return publisher.Settled;
    }

    private async Task RenewAsync(Task renewing, IReadOnlyList<OwnedJournal> owned)
    {
        (await _store.NextRenewalAsync()).SetResult(owned);
        await renewing.Soon();
    }
}
