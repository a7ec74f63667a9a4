using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <summary>How the topic space is cut: P shards by the first K levels; fixed when the cluster is created (invariant B17).</summary>
/// <param name="Shards">P, 1 to 4,096.</param>
/// <param name="Levels">K, 1 to 8.</param>
public sealed record ShardSpace(int Shards, int Levels)
{
    public int OfTopic(ReadOnlySpan<byte> topic) => TopicShard.OfTopic(topic, Levels, Shards);

    /// <summary>The shards that must hold the filter: one when its first K levels are literal, otherwise all.</summary>
    public IEnumerable<int> OfFilter(TopicFilter filter) =>
        TopicShard.TryOfFilter(filter.MatchUtf8.Span, Levels, Shards, out var shard) ? [shard] : Enumerable.Range(0, Shards);
}
