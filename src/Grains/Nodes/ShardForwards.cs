using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Passes on what another silo sent here for a shard that is not, or no longer, here: by grain calls, in order. Never paused, as <see cref="SessionForwards"/>.
/// </summary>
internal sealed class ShardForwards(IGrainFactory grains, ShardSpace space, NodeSenders senders, BrokerCounters counters, ILogger<ShardForwards> logger)
{
    private readonly Way[] _ways = [.. Enumerable.Range(0, space.Shards).Select(static _ => new Way())];

    /// <summary>Something older for this shard is being passed on.</summary>
    public bool IsOn(int shard) => _ways[shard].IsOn;

    /// <summary>A message whose publisher is told by way of this silo, as this one is responsible for it now.</summary>
    public void Publish(int shard, Publication publication)
    {
        var item = new NodeItem { Kind = NodeItemKind.Publish, Number = (uint)shard, Message = publication.Keep() };
        var way = _ways[shard];
        lock (way)
        {
            if (publication.IsAwaited) item = item with { Token = senders.Outstanding.Detoured.Add(new Awaited(publication, Shard: shard)) };
            if (!Of(shard, way).TryAdd(item)) counters.Drop(DropReason.LaneFull);
        }
    }

    public void Pass(int shard, OrderBarrier barrier)
    {
        var way = _ways[shard];
        lock (way) Of(shard, way).TryAdd(new NodeItem { Kind = NodeItemKind.ShardBarrier, Number = (uint)shard, Token = barrier.Token, Source = barrier.Source });
    }

    private Detour Of(int shard, Way way)
    {
        if (way.Detour is { } known) return known;
        var detour = new Detour(
            way,
            $"shard {shard}",
            batch => grains.GetGrain<ITopicGrain>(shard).PublishAsync(batch, senders.Self),
            static tryEnd => ValueTask.FromResult(tryEnd()), // the grain has answered when all has run
            _ => way.Detour = null,
            senders,
            logger);
        way.Detour = detour;
        _ = Task.Run(() => detour.RunAsync(Task.CompletedTask));
        return detour;
    }

    /// <summary>Its own lock.</summary>
    private sealed class Way
    {
        private Detour? _detour;

        public bool IsOn => Volatile.Read(ref _detour) is not null;

        public Detour? Detour
        {
            get => _detour;
            set => Volatile.Write(ref _detour, value);
        }
    }
}
