namespace OrleansBroker.Grains.Topics;

/// <summary>The open shards of this silo by number.</summary>
internal sealed class LocalShards(ShardSpace space)
{
    private readonly ShardMonitor?[] _shards = new ShardMonitor?[space.Shards];

    public bool Exists(int shard) => (uint)shard < (uint)_shards.Length;

    public int Count => _shards.Count(static monitor => monitor is not null);

    public ShardMonitor? Find(int shard) => Volatile.Read(ref _shards[shard]);

    public void Open(ShardMonitor monitor) => Interlocked.Exchange(ref _shards[monitor.Number], monitor)?.Close();

    /// <summary>Removes the monitor, unless a successor has taken its place.</summary>
    public void Close(ShardMonitor monitor) => Interlocked.CompareExchange(ref _shards[monitor.Number], null, monitor);
}
