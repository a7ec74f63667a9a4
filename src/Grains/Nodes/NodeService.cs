using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The receiving end of other silos' items. It runs on one scheduler, so it only hands over (invariant H8).</summary>
[Reentrant]
[GrainType("broker.node")]
internal sealed class NodeService(GrainId id, Silo silo, ILoggerFactory loggers, NodeInbox inbox, NodeShard shard, RemoteSessions remote, HeldRoutes routes) : GrainService(id, silo, loggers), INodeService
{
    /// <summary>Number of the last batch of each silo; one entry per silo that this one ever heard of.</summary>
    private readonly Dictionary<SiloAddress, long> _last = [];

    public ValueTask AcceptAsync(NodeItem[] items, SiloAddress from, long number)
    {
        // Sent again because its answer was lost.
        if (_last.TryGetValue(from, out var last) && number <= last) return ValueTask.CompletedTask;
        _last[from] = number;
        foreach (var item in items) inbox.Accept(item, from);
        return ValueTask.CompletedTask;
    }

    public async ValueTask RegisterAsync(RouteRecord[] routes) => await shard.RegisterAsync(routes);

    public async ValueTask RemoveAsync(RouteRecord[] routes) => await shard.RemoveAsync(routes);

    public async ValueTask<RouteRecord[]> HeldRoutesAsync(int[] shards) => await routes.FindAsync(shards);

    public ValueTask<bool> HoldsAsync(string clientId) => ValueTask.FromResult(remote.Holds(clientId));
}
