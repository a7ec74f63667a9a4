namespace OrleansBroker.Broker.Shards;

/// <summary>Work of a shard that is too long for one turn: run in slices, while later work of the shard waits (invariant B12).</summary>
public abstract class ShardJob
{
    /// <summary>Does one slice; true when the job is done.</summary>
    public abstract bool RunSlice(long nowMilliseconds);

    /// <summary>How many receivers the slices to come reach, if reaching many is what the job is about.</summary>
    public virtual int ReceiversToCome => 0;

    /// <summary>A session has been given retained messages.</summary>
    public virtual bool HasGivenRetained => false;
}
