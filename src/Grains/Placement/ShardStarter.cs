using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Placement;

/// <summary>
/// Opens every shard before the node serves, so that the first publisher finds them, and those that belong here again when the silo that had them is gone:
/// nobody may publish to them for long, and what is due in the store is looked for where a shard is open.
/// </summary>
internal sealed partial class ShardStarter(
    IGrainFactory grains, ShardSpace space, ShardMap map, LocalShards shards, ClusterView view, BrokerClock clock, ILogger<ShardStarter> logger) : ChangeFollower
{
    /// <summary>Of which each may take as long as a grain call, 20 s by default.</summary>
    private const int StartTries = 5;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, space.Shards).Select(shard => OpenAsync(shard, cancellationToken)));
    }

    protected override void Subscribe(Action changed) => map.Changed += changed;

    protected override void Unsubscribe(Action changed) => map.Changed -= changed;

    protected override async Task FollowAsync(CancellationToken stoppingToken)
    {
        while (!await TryOpenOwnAsync()) await Task.Delay(RetryDelay, clock.TimeProvider, stoppingToken);
    }

    private async Task<bool> TryOpenOwnAsync()
    {
        var own = Enumerable.Range(0, space.Shards).Where(shard => view.Self.Equals(map.OwnerOf(shard)) && shards.Find(shard) is null);
        try
        {
            var places = await Task.WhenAll(own.Select(OpenAsync));
            // One that is open on a silo which is going is left by it in time, or goes with it: without another change that would say so.
            return Array.TrueForAll(places, place => view.Self.Equals(place) || view.Cores.Contains(place));
        }
        catch (Exception failure)
        {
            // The store, or the cluster, does not answer: what has been opened stays, the others are tried again.
            LogFailed(failure);
            return false;
        }
    }

    /// <summary>One that is on its way between two others, or whose silo has just died, does not end the start of a node.</summary>
    private async Task OpenAsync(int shard, CancellationToken cancellation)
    {
        for (var left = StartTries; ; left--)
        {
            try
            {
                await OpenAsync(shard);
                return;
            }
            catch (Exception failure) when (left > 1 && view.Active.Length > 1 && failure is OrleansException or TimeoutException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                LogFailed(failure);
                await Task.Delay(RetryDelay, clock.TimeProvider, cancellation);
            }
        }
    }

    /// <summary>One that is open elsewhere stays there.</summary>
    /// <returns>Where it is.</returns>
    private Task<SiloAddress> OpenAsync(int shard) => grains.GetGrain<ITopicGrain>(shard).OpenAsync().AsTask();

    [LoggerMessage(2404, LogLevel.Warning, "Shards that belong on this node could not be opened; it is tried again")]
    private partial void LogFailed(Exception failure);
}
