using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>One of 500 subscribers does not read: the others get everything, what waits for it is bounded and the rest counted, and it gets what it was promised when it reads again.</summary>
public sealed class SlowConsumerTests
{
    private const int Others = 499;
    private const int Messages = 512;
    private const int Window = 8;
    private const int QueueLimit = 100;
    private const int OutputKiB = 64;
    private const int ReceiveBufferBytes = 4 * 1024;

    // What waits for it outside the queue: its connection's output, and what the systems of both sides and its own reader hold of it.
    private const int MaxWaiting = (OutputKiB * 1024 / Crowd.MessageBytes) + (320 * 1024 / Crowd.MessageBytes);

    // 250 MiB go out meanwhile.
    private const long MaxGrowth = 96L * 1024 * 1024;

    [Fact]
    public async Task Subscriber_StalledAmong500AtQoS0_LosesWhatItDoesNotTakeAndNobodyElseDoes()
    {
        await using var broker = await StartAsync();
        await using var stalled = await ConnectAsync(broker, new ConnectRequest(MqttVersion.V311, Unique.ClientId()), 0);
        await using var crowd = await Crowd.JoinAsync(broker, Others, 0);
        var before = broker.ResidentBytes();
        stalled.Stall();
        await crowd.PublishAsync(Messages);
        Assert.InRange(broker.ResidentBytes() - before, long.MinValue, MaxGrowth);

        stalled.ReadOn();
        await stalled.SendAsync(Packet.PingReq);
        List<int> received = [];
        while (await stalled.NextAsync() is { Type: PacketType.Publish } frame)
            received.Add(Crowd.NumberOf(frame.ToPublish(MqttVersion.V311)));
        AssertRising(received);
        Assert.InRange(received.Count, 1, MaxWaiting);
        await AssertSysAsync(broker, "publish/messages/dropped/slow_consumer", Messages - received.Count);

        await crowd.PublishAsync(Crowd.Round);
        for (var i = 0; i < Crowd.Round; i++)
            Assert.Equal(Messages + i, Crowd.NumberOf(await stalled.ReceiveAsync()));
    }

    [Theory]
    [InlineData(false, Window)]
    [InlineData(true, Window)]
    [InlineData(false, ushort.MaxValue)]
    [InlineData(true, ushort.MaxValue)]
    public async Task Subscriber_StalledAmong500AtQoS1_GetsItsWindowAndItsQueueWhenItReadsAgain(bool isDurable, int receiveMaximum)
    {
        await using var broker = await StartAsync();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), isDurable ? 300u : 0);
        await using var stalled = await ConnectAsync(broker, request with { Properties = [.. request.Properties, Property.ReceiveMaximum(receiveMaximum)] }, 1);
        await using var crowd = await Crowd.JoinAsync(broker, Others, 1);
        var before = broker.ResidentBytes();
        stalled.Stall();
        await crowd.PublishAsync(Messages);
        Assert.InRange(broker.ResidentBytes() - before, long.MinValue, MaxGrowth);
        await AssertSysAsync(broker, "messages/stored", QueueLimit);

        stalled.ReadOn();
        await AssertReceivedAsync(broker, stalled, receiveMaximum);
        await crowd.PublishAsync(Crowd.Round);
        for (var i = 0; i < Crowd.Round; i++)
            Assert.Equal(Messages + i, Crowd.NumberOf(await stalled.ReceiveAsync()));
    }

    [Fact]
    public async Task Subscriber_DeadAmong500_IsClosedByItsKeepAliveAndResumes()
    {
        await using var broker = await StartAsync();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()) with { Properties = [Property.SessionExpiryInterval(300), Property.ReceiveMaximum(Window)] };
        var will = new WillRequest("crowd/dead", [1]);
        await using var observer = await broker.ConnectAsync(MqttVersion.V50);
        await observer.SubscribeAsync(will.Topic, 0);
        await using var dead = await ConnectAsync(broker, request with { KeepAlive = 1, Will = will }, 1);
        await using var crowd = await Crowd.JoinAsync(broker, Others, 1);
        dead.Stall();
        await crowd.PublishAsync(Messages / 2);
        await observer.ReceiveAsync();
        await crowd.PublishAsync(Messages / 2);

        var (again, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (again)
        {
            Assert.True(connAck.SessionPresent);
            await AssertReceivedAsync(broker, again, Window);
        }
    }

    [Fact]
    public async Task Subscriber_BackWhileItsOldConnectionIsStalled_TakesOver()
    {
        await using var broker = await StartAsync();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using var dead = await ConnectAsync(broker, request, 1);
        await using var crowd = await Crowd.JoinAsync(broker, Others, 1);
        dead.Stall();
        await crowd.PublishAsync(Messages);

        var (again, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (again)
        {
            Assert.True(connAck.SessionPresent);
            await AssertReceivedAsync(broker, again, ushort.MaxValue);
            await crowd.PublishAsync(Crowd.Round);
        }
    }

    [Fact]
    public async Task Publisher_NotReadingItsAcknowledgements_IsClosedWhenTheyPassTwiceTheOutputBound()
    {
        const int Batch = 1000;
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxOutputBytes=4KiB", "Broker:Limits:MaxPacketSize=4KiB");
        var will = new WillRequest("crowd/closed", [1]);
        await using var observer = await broker.ConnectAsync(MqttVersion.V50);
        await observer.SubscribeAsync(will.Topic, 0);
        var (publisher, _) = await RawClient.ConnectWithAckAsync(
            broker.Endpoint, new ConnectRequest(MqttVersion.V311, Unique.ClientId()) { Will = will }, ReceiveBufferBytes);
        await using (publisher)
        {
            publisher.Stall();
            // 4 bytes for each: twice the bound, a packet, the reserve of 64 KiB and the systems' buffers are full long before the end.
            var packets = Enumerable.Range(1, Batch).SelectMany(static i => Packet.Publish(MqttVersion.V311, "crowd/t", [1], 1, i)).ToArray();
            try
            {
                for (var i = 0; i < 200; i++)
                    await publisher.SendAsync(packets);
            }
            catch (IOException)
            {
                // Closed before it had sent them all.
            }

            Assert.Equal(will.Topic, (await observer.ReceiveAsync()).Topic);
        }
    }

    private static Task<OwnBroker> StartAsync() => OwnBroker.StartAsync(
        $"Broker:Limits:MaxOutputBytes={OutputKiB}KiB", $"Broker:Limits:MaxQueuedMessages={QueueLimit}", "Broker:Timing:SysInterval=100ms");

    private static async Task<RawClient> ConnectAsync(OwnBroker broker, ConnectRequest request, int qos)
    {
        var (client, _) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request, ReceiveBufferBytes);
        await client.SubscribeAsync(Crowd.Topic, qos);
        return client;
    }

    /// <summary>What was on its way, within the window, and then the newest that the queue holds; the ones between were dropped as the oldest of a full queue, and counted.</summary>
    private static async Task AssertReceivedAsync(OwnBroker broker, RawClient client, int receiveMaximum)
    {
        List<int> received = [];
        while (received is not [.., Messages - 1])
            received.Add(Crowd.NumberOf(await client.ReceiveAsync()));
        AssertRising(received);
        Assert.InRange(received.Count - QueueLimit, 1, Math.Min(receiveMaximum, MaxWaiting));
        Assert.Equal(Enumerable.Range(Messages - QueueLimit, QueueLimit), received[^QueueLimit..]);
        if (receiveMaximum == Window)
            Assert.Equal(Enumerable.Range(0, Window), received[..^QueueLimit]);
        await AssertSysAsync(broker, "publish/messages/dropped/queue_full_oldest", Messages - received.Count);
    }

    private static void AssertRising(List<int> numbers) => Assert.Equal(numbers.Order().Distinct(), numbers);

    private static async Task AssertSysAsync(OwnBroker broker, string name, long expected)
    {
        await using var reader = await broker.ConnectAsync(MqttVersion.V311);
        await reader.SubscribeAsync("$SYS/broker/" + name, 0);
        while (long.Parse((await reader.ReceiveAsync()).Text, CultureInfo.InvariantCulture) != expected)
        {
        }
    }
}
