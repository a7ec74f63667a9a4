using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>What every shard of a silo shares.</summary>
internal sealed record ShardServices(
    LimitsOptions Limits,
    InboxLimits InboxLimits,
    BrokerCounters Counters,
    RetainedTotals Totals,
    BrokerClock Clock,
    LocalShards Shards,
    ShardDetours Detours,
    LocalSessions Sessions,
    NodeSenders Senders,
    JournalWriter Writer,
    IConnectionRegistry Connections,
    ShardReplays Replays,
    OpeningShards Opening,
    ILogger<TopicGrain> Logger);
