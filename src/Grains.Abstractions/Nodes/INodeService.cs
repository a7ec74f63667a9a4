using Orleans.Services;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What every silo offers to the others, addressed by silo: takes what is meant for its shards, sessions, connections and publishers.</summary>
[Alias("broker.INodeService"), GrainInterfaceType("broker.node")]
public interface INodeService : IGrainService
{
    /// <summary>A lane's next batch, as the source's items are encoded. The answer means accepted, in order, never done (invariant B3).</summary>
    /// <param name="lane">Of the source; each has an order of its own.</param>
    /// <param name="number">Of the batch, rising by one within the lane: one whose answer was lost is sent again and taken once.</param>
    [Alias("Accept")]
    ValueTask AcceptAsync([Immutable] ReadOnlyMemory<byte> batch, SiloAddress from, int lane, long number);

    /// <summary>Takes routes to this node's $SYS topics, for sessions whose connection is here.</summary>
    /// <returns>Retained messages were given for them.</returns>
    [Alias("Register")]
    ValueTask<bool> RegisterAsync([Immutable] RouteRecord[] routes);

    /// <summary>Removes such routes unless newer ones stand in their place. Idempotent.</summary>
    [Alias("Remove")]
    ValueTask RemoveAsync([Immutable] RouteRecord[] routes);

    /// <summary>The routes of transient sessions that this silo knows, as their silo or as their gateway, in shards that are being opened (invariant B2).</summary>
    /// <param name="shards">Numbers of the shards.</param>
    /// <param name="part">Of the sessions, from 0.</param>
    /// <param name="parts">As the first answer says; 0 to be told.</param>
    [Alias("HeldRoutes")]
    ValueTask<HeldRoutesPage> HeldRoutesAsync([Immutable] int[] shards, int part, int parts);

    /// <summary>This gateway has a connection of the client whose session is, or was, on another silo.</summary>
    [Alias("Holds")]
    ValueTask<bool> HoldsAsync(string clientId);

    /// <summary>Returns when all that this silo's shards have given to the session until now has reached it, wherever it is. As long as that takes: who asks may have to ask again.</summary>
    [Alias("Delivered")]
    ValueTask DeliveredAsync(string clientId);

    /// <summary>A silo is about to stop: nothing is placed on it any more, and no client sent to it. Idempotent.</summary>
    [Alias("Draining")]
    ValueTask DrainingAsync(SiloAddress silo);

    /// <summary>A sign of life.</summary>
    [Alias("Ping")]
    ValueTask PingAsync();

    /// <summary>Connections from here to the silo's port are refused. False as well when nothing can be said.</summary>
    [Alias("IsRefused")]
    ValueTask<bool> IsRefusedAsync(SiloAddress silo);
}
