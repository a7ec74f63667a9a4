using Orleans.Services;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What every silo offers to the others, addressed by silo: takes what is meant for its sessions, connections and publishers.</summary>
[Alias("broker.INodeService"), GrainInterfaceType("broker.node")]
public interface INodeService : IGrainService
{
    /// <summary>Items in order. The answer means accepted, never done (invariant B3).</summary>
    /// <param name="number">Of the batch, rising by one per pair of silos: one whose answer was lost is sent again and taken once.</param>
    [Alias("Accept")]
    ValueTask AcceptAsync([Immutable] NodeItem[] items, SiloAddress from, long number);
}
