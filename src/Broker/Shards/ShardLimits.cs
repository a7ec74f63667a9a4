namespace OrleansBroker.Broker.Shards;

/// <summary>The bounds of one shard.</summary>
public sealed record ShardLimits
{
    public int MaxRetainedMessages { get; init; } = 1_000_000;

    public long MaxRetainedBytes { get; init; } = 1L << 30;

    public int MatchCacheEntries { get; init; } = 16_384;
}
