using Orleans.Services;
using OrleansBroker.Grains.Presence;

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
}
