using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Outcomes;

public sealed class BrokerCountersTests
{
    private readonly BrokerCounters _counters = new();

    [Fact]
    public void Add_FromManyThreads_LosesNothing()
    {
        const int Threads = 8;
        const int Each = 100_000;
        var threads = new Thread[Threads];
        for (var i = 0; i < Threads; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (var n = 0; n < Each; n++)
                {
                    _counters.Add(BrokerCounter.SessionsExpired);
                    _counters.Drop(DropReason.Expired, 2);
                }
            });
            threads[i].Start();
        }

        foreach (var thread in threads) thread.Join();
        Assert.Equal((Threads * Each, 2 * Threads * Each), (_counters.Read(BrokerCounter.SessionsExpired), _counters.Drops(DropReason.Expired)));
    }

    [Fact]
    public void Counters_EachOnItsOwn_ShareNothing()
    {
        foreach (var counter in Enum.GetValues<BrokerCounter>()) _counters.Add(counter, 1 + (int)counter);
        foreach (var reason in Enum.GetValues<DropReason>()) _counters.Drop(reason, 100 + (int)reason);
        Assert.All(Enum.GetValues<BrokerCounter>(), counter => Assert.Equal(1 + (int)counter, _counters.Read(counter)));
        Assert.All(Enum.GetValues<DropReason>(), reason => Assert.Equal(100 + (int)reason, _counters.Drops(reason)));
        Assert.Equal(Enum.GetValues<DropReason>().Sum(static reason => 100 + (int)reason), _counters.Dropped);
    }

    [Fact]
    public void Traffic_InBothDirections_IsCountedApart()
    {
        var received = new Traffic { Packets = 3 };
        received.AddPublication(QoS.AtMostOnce, 30);
        received.AddPublication(QoS.ExactlyOnce, 40);
        var sent = new Traffic { Packets = 5 };
        sent.AddPublication(QoS.AtLeastOnce, 0);
        _counters.Received(received, bytes: 100);
        _counters.Received(new Traffic { Packets = 1 }, bytes: 2);
        _counters.Sent(sent, bytes: 11);
        Assert.Equal((4, 102), (_counters.Read(BrokerCounter.PacketsReceived), _counters.Read(BrokerCounter.BytesReceived)));
        Assert.Equal((2, 70), (_counters.PublicationsReceived, _counters.PublicationBytesReceived));
        Assert.Equal((1, 40), (_counters.Read(BrokerCounter.PublicationsReceivedQoS2), _counters.Read(BrokerCounter.PublicationBytesReceivedQoS2)));
        Assert.Equal((5, 11), (_counters.Read(BrokerCounter.PacketsSent), _counters.Read(BrokerCounter.BytesSent)));
        Assert.Equal((1, 0), (_counters.PublicationsSent, _counters.PublicationBytesSent));
        Assert.Equal(1, _counters.Read(BrokerCounter.PublicationsSentQoS1));
    }
}
