using Orleans.Services;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What every silo answers about itself to whoever manages the cluster, addressed by silo. Nothing of it is on a message's way: that is <see cref="INodeService"/>.</summary>
[Alias("broker.INodeQueries"), GrainInterfaceType("broker.node-queries")]
public interface INodeQueries : IGrainService
{
    /// <summary>This silo has the client's session active, or the connection of a session that was elsewhere.</summary>
    [Alias("HasSession")]
    ValueTask<bool> HasSessionAsync(string clientId);
}
