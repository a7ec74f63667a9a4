using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Routing;

/// <summary>
/// The ways to shards that are not open on this silo: one FIFO each, one grain call in flight. While anything is on its way there,
/// everything for the shard queues behind (invariant B4). [nodes] replaces the calls by lanes.
/// </summary>
internal sealed partial class ShardDetours(
    IGrainFactory grains, ShardSpace space, ILocalSiloDetails self, PendingTokens tokens, BrokerClock clock, BrokerCounters counters, ILogger<ShardDetours> logger)
{
    /// <summary>QoS 0 items that may wait for one shard: 64 calls' worth.</summary>
    private const int MaxWaiting = ItemBatch.MaxItems * 64;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Detour[] _detours = [.. Enumerable.Range(0, space.Shards).Select(static _ => new Detour())];

    public bool IsOn(int shard) => Volatile.Read(ref _detours[shard].IsOn);

    public void Publish(int shard, Publication publication)
    {
        var detour = _detours[shard];
        lock (detour.Waiting)
        {
            if (publication.QoS == QoS.AtMostOnce && detour.Waiting.Count >= MaxWaiting)
            {
                counters.Drop(DropReason.LaneFull);
                return;
            }

            detour.Waiting.Enqueue(ToItem(publication));
            if (detour.IsOn) return;
            Volatile.Write(ref detour.IsOn, true);
        }

        // The caller may be a transport's loop, or a grain whose turns this must not take.
        _ = Task.Run(() => RunAsync(shard, detour));
    }

    private async Task RunAsync(int shard, Detour detour)
    {
        var grain = grains.GetGrain<ITopicGrain>(shard);
        while (Take(detour) is { } items)
        {
            while (!await TryCallAsync(grain, items, shard)) await Task.Delay(RetryDelay, clock.TimeProvider);
        }
    }

    private async Task<bool> TryCallAsync(ITopicGrain grain, NodeItem[] items, int shard)
    {
        try
        {
            await grain.PublishAsync(items, self.SiloAddress);
            return true;
        }
        catch (Exception exception)
        {
            // Whatever the call failed of, the batch stays first in line: what is not done is handed to the next owner.
            LogFailed(exception, shard);
            return false;
        }
    }

    private NodeItem ToItem(Publication publication) => new()
    {
        Kind = NodeItemKind.Publish,
        Token = publication.IsAwaited ? tokens.Add(publication) : 0,
        Message = MessageRecord.From(publication, clock.NowMilliseconds),
    };

    private static NodeItem[]? Take(Detour detour)
    {
        lock (detour.Waiting)
        {
            if (detour.Waiting.Count == 0)
            {
                Volatile.Write(ref detour.IsOn, false);
                return null;
            }

            var batch = ItemBatch.From(detour.Waiting);
            for (var i = 0; i < batch.Length; i++) detour.Waiting.Dequeue();
            return batch;
        }
    }

    [LoggerMessage(2202, LogLevel.Warning, "Shard {Shard} not reached with publications; tried again")]
    private partial void LogFailed(Exception exception, int shard);

    private sealed class Detour
    {
        public readonly Queue<NodeItem> Waiting = new();
        public bool IsOn;
    }
}
