namespace OrleansBroker.Broker.Outcomes;

/// <summary>The node's counters: plain numbers that any thread raises and <c>$SYS</c> and the meters read.</summary>
public sealed class BrokerCounters
{
    private static readonly int CounterCount = Enum.GetValues<BrokerCounter>().Length;
    private static readonly int DropCount = Enum.GetValues<DropReason>().Length;

    private readonly StripedCounters _cells = new(CounterCount + DropCount);

    public long PublicationsReceived => Read(BrokerCounter.PublicationsReceived);

    public long PublicationsSent => Read(BrokerCounter.PublicationsSent);

    public void Add(BrokerCounter counter, long count = 1) => _cells.Add((int)counter, count);

    public long Read(BrokerCounter counter) => _cells.Read((int)counter);

    public void Drop(DropReason reason, int count = 1) => _cells.Add(CounterCount + (int)reason, count);

    public long Drops(DropReason reason) => _cells.Read(CounterCount + (int)reason);

    /// <summary>Drops for any reason.</summary>
    public long Dropped
    {
        get
        {
            var sum = 0L;
            for (var reason = 0; reason < DropCount; reason++) sum += Drops((DropReason)reason);
            return sum;
        }
    }

    /// <summary>What a connection received in a turn.</summary>
    public void Received(in Traffic traffic)
    {
        Add(BrokerCounter.PacketsReceived, traffic.Packets);
        Add(BrokerCounter.BytesReceived, traffic.Bytes);
        if (traffic.Publications == 0) return;
        Add(BrokerCounter.PublicationsReceived, traffic.Publications);
        Add(BrokerCounter.PublicationBytesReceived, traffic.PublicationBytes);
    }

    /// <summary>What a connection handed to the network in one write.</summary>
    public void Sent(in Traffic traffic)
    {
        Add(BrokerCounter.PacketsSent, traffic.Packets);
        Add(BrokerCounter.BytesSent, traffic.Bytes);
        if (traffic.Publications == 0) return;
        Add(BrokerCounter.PublicationsSent, traffic.Publications);
        Add(BrokerCounter.PublicationBytesSent, traffic.PublicationBytes);
    }
}
