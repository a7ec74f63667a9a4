using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>What every shard of a silo shares.</summary>
/// <param name="Lease">Null on a silo that is a cluster by itself.</param>
internal sealed record ShardServices(
    LimitsOptions Limits,
    InboxLimits InboxLimits,
    BrokerCounters Counters,
    RetainedTotals Totals,
    BrokerClock Clock,
    LocalShards Shards,
    ShardRoutes Routes,
    ShardForwards Forwards,
    SessionDetours Detours,
    NodeInbox Inbox,
    LocalSessions Sessions,
    NodeSenders Senders,
    JournalWriter Writer,
    IConnectionRegistry Connections,
    ShardReplays Replays,
    OpeningShards Opening,
    ILogger<TopicGrain> Logger,
    TimingOptions? Timing = null,
    SiloLease? Lease = null)
{
    /// <summary>For a shard of the cluster; null where nobody else can own it.</summary>
    public ShardFence? NewFence() => Lease is null ? null : new ShardFence(Lease, Timing!.StoreWait, Clock.TimeProvider);
}
