using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The receiving end of other silos' calls. It runs on one scheduler, so it only hands over (invariant H8).</summary>
[Reentrant]
[GrainType("broker.node")]
internal sealed class NodeService(GrainId id, Silo silo, ILoggerFactory loggers, InboundLanes lanes, NodeShard shard, RemoteSessions remote, HeldRoutes routes, ClusterView cluster, LocalSessions sessions, SessionDetours detours, ISiloReach reach)
    : GrainService(id, silo, loggers), INodeService
{
    public ValueTask AcceptAsync(ReadOnlyMemory<byte> batch, SiloAddress from, int lane, long number) => new(lanes.AcceptAsync(batch, from, lane, number));

    public async ValueTask<bool> RegisterAsync(RouteRecord[] routes) => await shard.RegisterAsync(routes);

    public async ValueTask RemoveAsync(RouteRecord[] routes) => await shard.RemoveAsync(routes);

    public async ValueTask<HeldRoutesPage> HeldRoutesAsync(int[] shards, int part, int parts) => await Task.Run(() => routes.FindAsync(shards, part, parts));

    public ValueTask<bool> HoldsAsync(string clientId) => ValueTask.FromResult(remote.Holds(clientId));

    public async ValueTask DeliveredAsync(string clientId)
    {
        var session = sessions.Hold(clientId);
        try
        {
            await detours.ReachedAsync(session);
        }
        finally
        {
            session.Release();
        }
    }

    public ValueTask DrainingAsync(SiloAddress silo)
    {
        cluster.Drains(silo);
        return ValueTask.CompletedTask;
    }

    public ValueTask PingAsync() => ValueTask.CompletedTask;

    public async ValueTask<bool> IsRefusedAsync(SiloAddress silo) => await reach.IsRefusedAsync(silo);
}
