namespace OrleansBroker.Broker.Outcomes;

/// <summary>The node's counters: plain numbers that any thread raises and the meters read.</summary>
public sealed class BrokerCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];
    private long _publicationsReceived;
    private long _publicationsSent;

    public void Drop(DropReason reason, int count = 1) => Interlocked.Add(ref _drops[(int)reason], count);

    public long Drops(DropReason reason) => Volatile.Read(ref _drops[(int)reason]);

    public void Received() => Interlocked.Increment(ref _publicationsReceived);

    public void Sent() => Interlocked.Increment(ref _publicationsSent);

    public long PublicationsReceived => Volatile.Read(ref _publicationsReceived);

    public long PublicationsSent => Volatile.Read(ref _publicationsSent);
}
