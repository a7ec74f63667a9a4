using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <summary>How the topic space is cut: P shards by the first K levels; fixed when the cluster is created (invariant B17).</summary>
/// <param name="Shards">P, 1 to 4,096.</param>
/// <param name="Levels">K, 1 to 8.</param>
public sealed record ShardSpace(int Shards, int Levels)
{
    /// <summary>Not one of the P: the shard of $SYS, which every node has for itself (ADR 0009).</summary>
    public const int Node = -1;

    public int OfTopic(ReadOnlySpan<byte> topic) => SysTopic.IsIn(topic) ? Node : TopicShard.OfTopic(topic, Levels, Shards);

    /// <summary>The shards that must hold the filter: one when its first K levels are literal, otherwise all; only <see cref="Node"/> below $SYS.</summary>
    public IEnumerable<int> OfFilter(TopicFilter filter) =>
        SysTopic.IsIn(filter.MatchUtf8.Span) ? [Node]
        : TopicShard.TryOfFilter(filter.MatchUtf8.Span, Levels, Shards, out var shard) ? [shard] : Enumerable.Range(0, Shards);

    /// <summary>The one of the shards that must hold the filter which speaks for all of them; <see cref="Node"/> below $SYS.</summary>
    /// <param name="match">The filter without its share part, UTF-8.</param>
    // A wildcard is hashed as what it is: any shard that all agree upon will do, as all have the filter.
    public int ListerOf(ReadOnlySpan<byte> match) => OfTopic(match);
}
