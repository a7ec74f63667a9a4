using Microsoft.Extensions.Hosting;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>What a silo still has when it has been drained and is about to stop.</summary>
internal sealed class LeftAtStop(LocalSessions sessions, LocalShards shards) : IHostedService
{
    /// <summary>Null until then.</summary>
    public (int Sessions, int Shards)? Seen { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After all that drains, before the silo, which was added before it.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Seen = (sessions.Open.Count(), Enumerable.Range(0, BrokerCluster.Shards).Count(shard => shards.Find(shard) is not null));
        return Task.CompletedTask;
    }
}
