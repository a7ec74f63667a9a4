using Orleans.Services;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What every silo answers about itself to whoever manages the cluster, addressed by silo. Nothing of it is on a message's way: that is <see cref="INodeService"/>.</summary>
[Alias("broker.INodeQueries"), GrainInterfaceType("broker.node-queries")]
public interface INodeQueries : IGrainService
{
    /// <summary>The node's figures, of which those of all sessions may be some seconds old.</summary>
    [Alias("Report")]
    ValueTask<NodeReport> ReportAsync();
}
