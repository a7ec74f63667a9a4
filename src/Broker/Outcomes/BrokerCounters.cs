using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>The node's counters: plain numbers that any thread raises and <c>$SYS</c> and the meters read.</summary>
public sealed class BrokerCounters
{
    private static readonly int CounterCount = Enum.GetValues<BrokerCounter>().Length;
    private static readonly int DropCount = Enum.GetValues<DropReason>().Length;

    private readonly StripedCounters _cells = new(CounterCount + DropCount);

    /// <summary>At any QoS, as the next three.</summary>
    public long PublicationsReceived => ReadAll(BrokerCounter.PublicationsReceivedQoS0);

    public long PublicationsSent => ReadAll(BrokerCounter.PublicationsSentQoS0);

    public long PublicationBytesReceived => ReadAll(BrokerCounter.PublicationBytesReceivedQoS0);

    public long PublicationBytesSent => ReadAll(BrokerCounter.PublicationBytesSentQoS0);

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
    /// <param name="bytes">Of all packets.</param>
    public void Received(in Traffic traffic, int bytes)
    {
        Add(BrokerCounter.PacketsReceived, traffic.Packets);
        Add(BrokerCounter.BytesReceived, bytes);
        Add(BrokerCounter.PublicationsReceivedQoS0, BrokerCounter.PublicationBytesReceivedQoS0, in traffic);
    }

    /// <summary>What a connection handed to the network in one write.</summary>
    /// <param name="bytes">Of all packets.</param>
    public void Sent(in Traffic traffic, int bytes)
    {
        Add(BrokerCounter.PacketsSent, traffic.Packets);
        Add(BrokerCounter.BytesSent, bytes);
        Add(BrokerCounter.PublicationsSentQoS0, BrokerCounter.PublicationBytesSentQoS0, in traffic);
    }

    /// <summary>The counters of the three QoS follow each other.</summary>
    private void Add(BrokerCounter publications, BrokerCounter bytes, in Traffic traffic)
    {
        for (var qos = QoS.AtMostOnce; qos <= QoS.ExactlyOnce; qos++)
        {
            var count = traffic.Publications(qos);
            if (count == 0) continue;
            Add(publications + (byte)qos, count);
            Add(bytes + (byte)qos, traffic.PublicationBytes(qos));
        }
    }

    private long ReadAll(BrokerCounter first) => Read(first) + Read(first + 1) + Read(first + 2);
}
