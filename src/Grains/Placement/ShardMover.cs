using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Placement;

/// <summary>
/// When cores come or go, moves this silo's shards to where they belong then, one at a time (invariant H5); when this silo drains, all of them to the others.
/// </summary>
internal sealed partial class ShardMover(
    IGrainFactory grains, ShardSpace space, ShardMap map, LocalShards shards, ClusterView view, BrokerClock clock, ILogger<ShardMover> logger) : ChangeFollower, IDrainedPart
{
    /// <summary>A move waits for the store, mostly.</summary>
    private const int AtOnceWhenDraining = 4;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>Of one shard: a large one is read from the store elsewhere meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What is moved in time is never without an owner for longer than its move takes.</summary>
    public async Task DrainAsync(TimeSpan time, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnceWhenDraining, CancellationToken = cancellation };
        LogDraining(Enumerable.Range(0, space.Shards).Count(IsHere));
        // Again: a node that has not heard of it in time may have sent one here.
        while (view.Cores.Remove(view.Self) is { IsEmpty: false } others && Enumerable.Range(0, space.Shards).Where(IsHere).ToList() is { Count: > 0 } left)
        {
            await Parallel.ForEachAsync(left, options, async (shard, stop) => await MoveAsync(shard, ShardMap.Choose(shard, others), stop));
            await Task.Delay(LookAgain, clock.TimeProvider, cancellation);
        }
    }

    protected override void Subscribe(Action changed) => map.Changed += changed;

    protected override void Unsubscribe(Action changed) => map.Changed -= changed;

    protected override async Task FollowAsync(CancellationToken stoppingToken)
    {
        var moved = 0;
        for (var shard = 0; shard < space.Shards && !view.IsDraining; shard++)
        {
            if (await MoveAsync(shard, map.OwnerOf(shard), stoppingToken)) moved++;
        }

        if (moved > 0) LogMoved(moved, Enumerable.Range(0, space.Shards).Count(IsHere));
    }

    private bool IsHere(int shard) => shards.Find(shard) is not null;

    /// <returns>False when it stays.</returns>
    private async Task<bool> MoveAsync(int shard, SiloAddress? to, CancellationToken cancellation)
    {
        if (to is null || to.Equals(view.Self) || shards.Find(shard) is not { } monitor) return false;
        try
        {
            await grains.GetGrain<ITopicGrain>(shard).MoveAsync(to);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            while (shards.Find(shard) == monitor) await Task.Delay(LookAgain, clock.TimeProvider, limit.Token);
            // Nobody may publish to it for long, and what is due is looked for where a shard is open.
            await grains.GetGrain<ITopicGrain>(shard).OpenAsync();
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // The other silo went, or the store does not answer: the shard stays, or opens where it is next asked for.
            LogNotMoved(failure, shard, to);
            return false;
        }
    }

    [LoggerMessage(2408, LogLevel.Information, "Draining: shards={Shards}")]
    private partial void LogDraining(int shards);

    [LoggerMessage(2409, LogLevel.Information, "Other cores have their share of shards: moved={Moved} left={Left}")]
    private partial void LogMoved(int moved, int left);

    [LoggerMessage(2405, LogLevel.Warning, "Shard {Shard} could not be moved to {Silo}")]
    private partial void LogNotMoved(Exception failure, int shard, SiloAddress silo);
}
