using Orleans.Services;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What every silo offers to the others, addressed by silo: takes what is meant for its sessions, connections and publishers.</summary>
[Alias("broker.INodeService"), GrainInterfaceType("broker.node")]
public interface INodeService : IGrainService
{
    /// <summary>Items in order. The answer means accepted, never done (invariant B3).</summary>
    [Alias("Accept")]
    ValueTask AcceptAsync([Immutable] NodeItem[] items, SiloAddress from);
}
