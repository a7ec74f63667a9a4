using Orleans.Services;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What every silo answers about itself to whoever manages the cluster, addressed by silo. Nothing of it is on a message's way: that is <see cref="INodeService"/>.</summary>
[Alias("broker.INodeQueries"), GrainInterfaceType("broker.node-queries")]
public interface INodeQueries : IGrainService
{
    /// <summary>This silo has the client's session active, or the connection of a session that was elsewhere.</summary>
    [Alias("HasSession")]
    ValueTask<bool> HasSessionAsync(string clientId);

    /// <summary>Events of this silo's sessions, in order, from a position on.</summary>
    /// <param name="from">0 for the first since the silo began; <see cref="long.MaxValue"/> for none but the next position.</param>
    [Alias("Presence")]
    ValueTask<PresencePage> PresenceAsync(long from, [Immutable] PresenceFilter filter);

    /// <summary>Returns when there are events from the position on, or the time is over.</summary>
    [Alias("PresenceReaches")]
    ValueTask PresenceReachesAsync(long position, TimeSpan patience);

    /// <summary>Some of the sessions that this silo has in memory or has the connections of, in order.</summary>
    [Alias("Sessions")]
    ValueTask<NodeSessionsPage> SessionsAsync([Immutable] NodeSessionsRequest request);

    /// <summary>One session, if it is in memory here or its connection is here; null otherwise.</summary>
    [Alias("Session")]
    ValueTask<SessionDetails?> SessionAsync(string clientId, bool withWillPayload);

    /// <summary>As <see cref="ISessionDirectory.SubscriptionsAsync"/>; null when it is not in memory here.</summary>
    [Alias("SessionSubscriptions")]
    ValueTask<SessionSubscriptions?> SessionSubscriptionsAsync(string clientId, uint after, int limit);

    /// <summary>As <see cref="ISessionDirectory.QueueAsync"/>; null when it is not in memory here.</summary>
    [Alias("SessionQueue")]
    ValueTask<SessionQueue?> SessionQueueAsync(string clientId, long after, int limit, bool withPayloads);

    /// <summary>The node's figures, of which those of all sessions may be some seconds old.</summary>
    [Alias("Report")]
    ValueTask<NodeReport> ReportAsync();
}
