namespace OrleansBroker.Grains.Topics;

/// <summary>One piece of work for a shard's monitor; which fields count depends on the kind.</summary>
internal readonly record struct ShardWork(ShardWorkKind Kind, object? First = null, ulong Number = 0, byte Answer = 0);
