using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Opens every shard before the listeners serve, so that the first publisher finds them.</summary>
internal sealed class ShardStarter(IGrainFactory grains, ShardSpace space) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, space.Shards).Select(shard => grains.GetGrain<ITopicGrain>(shard).OpenAsync().AsTask()));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
