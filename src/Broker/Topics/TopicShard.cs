namespace OrleansBroker.Broker.Topics;

/// <summary>
/// Which shard a topic is in, and which shards a filter must be in. A topic's shard is XXH64(its bytes up to the end of its K-th level) mod P;
/// an empty first level is part of the bytes but not counted, a topic of fewer levels is hashed whole. K and P stand in the
/// cluster's record; the rule and the hash are a stored contract and never change.
/// </summary>
public static class TopicShard
{
    /// <summary>The shard, 0..<paramref name="shards"/> - 1, of a topic name.</summary>
    /// <param name="topicName">Valid; never empty.</param>
    /// <param name="levels">K, at least 1.</param>
    /// <param name="shards">P, at least 1.</param>
    public static int OfTopic(ReadOnlySpan<byte> topicName, int levels, int shards) =>
        OfPrefix(Prefix(topicName, levels), shards);

    /// <summary>The one shard that holds every topic which the filter can match.</summary>
    /// <param name="topicFilter">Valid, without the share part.</param>
    /// <returns>False: a wildcard stands among the first K levels, and the filter must be in all shards.</returns>
    public static bool TryOfFilter(ReadOnlySpan<byte> topicFilter, int levels, int shards, out int shard)
    {
        var prefix = Prefix(topicFilter, levels);
        var isInOne = !prefix.ContainsAny(TopicLevel.SingleLevelWildcard, TopicLevel.MultiLevelWildcard);
        shard = isInOne ? OfPrefix(prefix, shards) : 0;
        return isInOne;
    }

    private static int OfPrefix(ReadOnlySpan<byte> prefix, int shards)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards);
        return (int)(XxHash64.Hash(prefix) % (uint)shards);
    }

    /// <summary>The bytes up to the separator that ends the K-th counted level, or all.</summary>
    private static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> topic, int levels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(levels);
        var end = topic.Length > 0 && topic[0] == TopicLevel.Separator ? 1 : 0;
        while (true)
        {
            var length = topic[end..].IndexOf(TopicLevel.Separator);
            if (length < 0)
                return topic;
            end += length;
            if (--levels == 0)
                return topic[..end];
            end++;
        }
    }
}
