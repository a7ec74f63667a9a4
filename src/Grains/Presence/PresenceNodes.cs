using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Queries;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Presence;

/// <summary>Asks the cores of the cluster for their events.</summary>
internal sealed class PresenceNodes(ClusterView cluster, NodeQueriesClient nodes, TimingOptions timing, BrokerClock clock)
{
    /// <summary>A node that lives answers in milliseconds. One that does not is asked again, and the others are not held up longer.</summary>
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(2);

    public TimeProvider Time => clock.TimeProvider;

    /// <summary>Those that may have events: all but the gateways that are nothing else. One that is about to stop is among them as long as it is there.</summary>
    public IReadOnlyCollection<SiloAddress> Cores => [.. cluster.Active.Where(silo => !cluster.Gateways.Contains(silo) || cluster.Cores.Contains(silo))];

    /// <returns>Null when the node does not answer.</returns>
    public async Task<PresencePage?> ReadAsync(SiloAddress node, long from, PresenceFilter filter)
    {
        try
        {
            return await nodes.For(node).PresenceAsync(from == FeedPosition.Unknown ? long.MaxValue : from, filter).AsTask().WaitAsync(AskLimit, Time);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Completes when the node has events from the position on, or the time is over. Never fails.</summary>
    public async Task ReachesAsync(SiloAddress node, long position, TimeSpan limit)
    {
        // Well below the time in which a call must be answered.
        var most = (timing.StoreWait + timing.SubscribeTimeout) / 2;
        try
        {
            await nodes.For(node).PresenceReachesAsync(position, limit < most ? limit : most);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            await Task.Delay(limit, Time);
        }
    }
}
