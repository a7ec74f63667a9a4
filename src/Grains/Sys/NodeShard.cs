using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Sys;

/// <summary>
/// The shard of this node's <c>$SYS</c> topics: owned by no grain, in memory only, outside the bounds of retained messages, because only the node
/// publishes here (ADR 0009).
/// </summary>
internal sealed partial class NodeShard
{
    /// <summary>Far above the topics that there are: about 70, none of them longer than 150 bytes with its value.</summary>
    private const int MaxTopics = 1_024;

    private readonly ShardMonitor _monitor;

    public NodeShard(ShardServices services, ShardSpace space, ILogger<NodeShard> logger)
    {
        var limits = services.Limits with { MaxRetainedMessages = MaxTopics, MaxRetainedBytes = new LimitsOptions().MaxRetainedBytes };
        _monitor = new ShardMonitor(
            ShardSpace.Node, services with { Limits = limits, Totals = new RetainedTotals(limits) }, fault => LogFault(logger, fault));
        Queries = new ShardQueries(_monitor, space, services.Clock);
    }

    public ShardQueries Queries { get; }

    public void Publish(Publication publication) => _monitor.Publish(publication);

    /// <inheritdoc cref="ShardMonitor.RegisterAsync(RouteRecord[])"/>
    public Task<bool> RegisterAsync(RouteRecord[] routes) => _monitor.RegisterAsync(routes);

    public Task RemoveAsync(RouteRecord[] routes) => _monitor.RemoveAsync(routes);

    public Task RemoveStaleAsync(ReadOnlyMemory<byte> topic, RouteMatch match) => _monitor.RemoveStaleAsync(topic, match);

    /// <summary>Nothing to load it anew from: it goes on, and what the next publication says is right again.</summary>
    [LoggerMessage(2501, LogLevel.Error, "A fault in the shard of $SYS")]
    private static partial void LogFault(ILogger logger, Exception? fault);
}
