namespace OrleansBroker.Grains.Topics;

/// <summary>Some of what a shard was asked for, in order.</summary>
/// <param name="HasMore">There may be more behind the last item.</param>
[GenerateSerializer, Immutable, Alias("broker.ShardPage`1")]
public readonly record struct ShardPage<TItem>([property: Id(0)] TItem[] Items, [property: Id(1)] bool HasMore);
