using System.Text;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Allocation.Tests;

/// <summary>
/// What a message allocates on its whole way, from the bytes of one connection to the bytes of others: a promise of the broker, in bytes. Measured with .NET 10 on
/// 64 bits; whoever raises a limit says here what the bytes are for.
/// </summary>
public sealed class FullPathTests(OneNode node, ITestOutputHelper output) : IClassFixture<OneNode>
{
    /// <summary>Header and method table 16; body, publisher, client id 24; expiry, token 16; size, properties' length, parts 12; topic's length, packet identifier 4; three flags, padded 8.</summary>
    private const int PublicationBytes = 80;

    /// <summary>Header, method table, length.</summary>
    private const int ArrayBytes = 24;

    /// <summary>
    /// To a durable session at QoS 1: its part 24, and where the commit is faster than the client a record in the memory store: 56, its key 40, its value up to 72.
    /// A payload reference of 32 is shared by the receivers of a message. 224, rounded up for the store's table.
    /// </summary>
    private const int DurableAtLeastOnceBytes = 256;

    /// <summary>At QoS 2 the record is always written, and so is a second one for PUBREC: 56, key 40, value 32. Part, two records, payload reference: 352.</summary>
    private const int DurableExactlyOnceBytes = 400;

    /// <summary>From a durable session at QoS 2: the message's and the identifier's record, 168 and 128 as above, and the payload reference: 328.</summary>
    private const int DurablePublisherBytes = 384;

    /// <summary>In all: what happens beside the messages, as a deadline that finds a monitor held. Less than half a byte a message.</summary>
    private const int BesideBytes = 4 * 1024;

    /// <summary>What other threads of the process may do meanwhile, as Orleans' own timers: ten times what was seen.</summary>
    private const int ProcessBytes = 1024 * 1024;

    /// <summary>The first brings every buffer to its size, the others do nothing else any more.</summary>
    private const int WarmUps = 2;

    [Theory]
    [InlineData(QoS.AtMostOnce, 0, 20)]
    [InlineData(QoS.AtLeastOnce, 0, 20)]
    [InlineData(QoS.ExactlyOnce, 0, 20)]
    [InlineData(QoS.AtMostOnce, 1, 20)]
    [InlineData(QoS.AtLeastOnce, 1, 20)]
    [InlineData(QoS.ExactlyOnce, 1, 20)]
    [InlineData(QoS.AtLeastOnce, 1, 100)]
    [InlineData(QoS.ExactlyOnce, 1, 100)]
    [InlineData(QoS.AtMostOnce, 50, 20)]
    [InlineData(QoS.AtLeastOnce, 50, 20)]
    [InlineData(QoS.ExactlyOnce, 50, 20)]
    [InlineData(QoS.AtLeastOnce, 50, 100)]
    public void Publish_ToTransientSessions_AllocatesThePublicationOnly(QoS qos, int subscribers, int window)
    {
        var topic = $"cost/t/{(int)qos}/{subscribers}/{window}";
        using var flow = WarmFlow(topic, qos, subscribers, window, durable: false);

        // All of it runs on this thread, and so nothing else is counted.
        var before = GC.GetAllocatedBytesForCurrentThread();
        flow.Run();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        var each = qos == QoS.ExactlyOnce ? KeptBytes(topic) : PublicationBytes; // its publisher's session remembers it until it is through
        Assert.InRange(bytes, Flow.Messages * each, (Flow.Messages * each) + BesideBytes);
    }

    /// <summary>QoS 0 needs no record, whatever the session is.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Publish_AtMostOnceToDurableSessions_AllocatesThePublicationOnly(int subscribers)
    {
        const int Window = 20;
        var topic = $"cost/d/0/{subscribers}";
        using var flow = WarmFlow(topic, QoS.AtMostOnce, subscribers, Window, durable: true);

        var before = GC.GetAllocatedBytesForCurrentThread();
        flow.Run();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(bytes, Flow.Messages * PublicationBytes, (Flow.Messages * PublicationBytes) + BesideBytes);
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce, 0)]
    [InlineData(QoS.ExactlyOnce, 0)]
    [InlineData(QoS.AtLeastOnce, 1)]
    [InlineData(QoS.ExactlyOnce, 1)]
    [InlineData(QoS.AtLeastOnce, 50)]
    [InlineData(QoS.ExactlyOnce, 50)]
    public void Publish_ToDurableSessions_AllocatesAtMostTheStatedBytes(QoS qos, int subscribers)
    {
        const int Window = 20;
        var topic = $"cost/d/{(int)qos}/{subscribers}";
        using var flow = WarmFlow(topic, qos, subscribers, Window, durable: true);

        // Commits run on other threads.
        var before = GC.GetTotalAllocatedBytes(precise: true);
        flow.Run();
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - before;

        output.WriteLine($"QoS {(int)qos} to {subscribers}: {bytes / Flow.Messages} bytes a message");
        var (publisher, delivery) = qos == QoS.AtLeastOnce ? (0, DurableAtLeastOnceBytes) : (DurablePublisherBytes, DurableExactlyOnceBytes);
        var most = KeptBytes(topic) + publisher + (subscribers * delivery);
        Assert.InRange(bytes, Flow.Messages * PublicationBytes, (Flow.Messages * most) + ProcessBytes);
    }

    /// <summary>As many connections have output in one turn as a fan-out has subscribers: their buffers come back.</summary>
    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void Publish_ToManyConnectionsInOneTurn_AllocatesNoBuffers(QoS qos)
    {
        const int Subscribers = 100;
        const int Window = 20; // some 2,400 bytes
        var topic = $"cost/b/{(int)qos}";
        using var flow = WarmFlow(topic, qos, Subscribers, Window, durable: false);

        var before = GC.GetAllocatedBytesForCurrentThread();
        flow.Run();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(bytes, Flow.Messages * PublicationBytes, (Flow.Messages * PublicationBytes) + BesideBytes);
    }

    /// <summary>Publication and a body of its own.</summary>
    private static long KeptBytes(string topic)
    {
        const int Word = 8;
        var body = Encoding.UTF8.GetByteCount(topic) + Flow.PayloadBytes;
        return PublicationBytes + ArrayBytes + ((body + Word - 1) / Word * Word);
    }

    private Flow WarmFlow(string topic, QoS qos, int subscribers, int window, bool durable)
    {
        var flow = new Flow(node.Gateway, topic, qos, subscribers, window, durable);
        for (var i = 0; i < WarmUps; i++)
            flow.Run();
        return flow;
    }
}
