namespace OrleansBroker.Grains.Nodes;

/// <summary>Asks a shard or session to say that all before it has arrived; to be answered once (invariant B4).</summary>
internal sealed record OrderBarrier(SiloAddress Source, long Token);
