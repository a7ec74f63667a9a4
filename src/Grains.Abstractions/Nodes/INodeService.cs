using Orleans.Services;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What every silo offers to the others, addressed by silo: takes what is meant for its sessions, connections and publishers.</summary>
[Alias("broker.INodeService"), GrainInterfaceType("broker.node")]
public interface INodeService : IGrainService
{
    /// <summary>Items in order. The answer means accepted, never done (invariant B3).</summary>
    /// <param name="number">Of the batch, rising by one per pair of silos: one whose answer was lost is sent again and taken once.</param>
    [Alias("Accept")]
    ValueTask AcceptAsync([Immutable] NodeItem[] items, SiloAddress from, long number);

    /// <summary>Takes routes to this node's $SYS topics, for sessions whose connection is here.</summary>
    [Alias("Register")]
    ValueTask RegisterAsync([Immutable] RouteRecord[] routes);

    /// <summary>Removes such routes unless newer ones stand in their place. Idempotent.</summary>
    [Alias("Remove")]
    ValueTask RemoveAsync([Immutable] RouteRecord[] routes);

    /// <summary>The routes of transient sessions that this silo knows, as their silo or as their gateway, in shards that are being opened (invariant B2).</summary>
    /// <param name="shards">Numbers of the shards.</param>
    [Alias("HeldRoutes")]
    ValueTask<RouteRecord[]> HeldRoutesAsync([Immutable] int[] shards);

    /// <summary>This gateway has a connection of the client whose session is, or was, on another silo.</summary>
    [Alias("Holds")]
    ValueTask<bool> HoldsAsync(string clientId);
}
