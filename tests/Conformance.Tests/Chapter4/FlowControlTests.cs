using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT5 section 4.9: Receive Maximum, both ways.</summary>
public sealed class FlowControlTests(BrokerFixture broker)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [Spec("MQTT5-3.3.4-9")]
    [Spec("MQTT5-4.9.0-1")]
    [Spec("MQTT5-4.9.0-2")]
    public async Task ReceiveMaximum_OfTheClient_BoundsWhatIsUnderWay(int qos, int maximum)
    {
        const int Count = 10;
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.ReceiveMaximum(maximum)],
        });
        await subscriber.SubscribeAsync(topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", qos);

        var underWay = new Queue<PublishFrame>();
        for (var i = 0; i < maximum; i++)
            underWay.Enqueue(await subscriber.ExpectPublishAsync());
        await subscriber.ExpectNothingAsync(Quiet);
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal($"{i}", underWay.Peek().Text);
            await subscriber.CompleteAsync(underWay.Dequeue());
            if (i + maximum < Count)
                underWay.Enqueue(await subscriber.ExpectPublishAsync());
            await subscriber.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-3.3.4-10")]
    [Spec("MQTT5-4.9.0-3")]
    public async Task ReceiveMaximum_Full_QoS0AndAcksGoOn()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.ReceiveMaximum(1)],
        });
        await subscriber.SubscribeAsync($"{topic}/+", 1);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync($"{topic}/1", "first", qos: 1);
        await publisher.PublishAsync($"{topic}/1", "waits", qos: 1);
        await publisher.PublishAsync($"{topic}/0", "qos 0");

        var first = await subscriber.ExpectPublishAsync();
        Assert.Equal("first", first.Text);
        Assert.Equal("qos 0", (await subscriber.ExpectPublishAsync()).Text);
        await subscriber.PublishAsync(Unique.Topic(), "own", qos: 2);
        await subscriber.CompleteAsync(first);
        Assert.Equal("waits", (await subscriber.ReceiveAsync()).Text);
    }

    [Fact]
    [Spec("MQTT5-3.3.4-7")]
    public async Task ReceiveMaximum_OfTheServerExceeded_Closes()
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            var maximum = (int?)connAck.Properties.Integer(PropertyId.ReceiveMaximum) ?? 65_535;
            Assert.SkipWhen(maximum == 65_535, "there are no more packet identifiers than this maximum");
            // QoS 2 without PUBREL: each takes a place until PUBCOMP.
            for (var i = 1; i <= maximum + 1; i++)
                await client.SendAsync(Packet.Publish(MqttVersion.V50, Unique.Topic(), [1], qos: 2, packetIdentifier: i));
            for (var i = 1; i <= maximum; i++)
            {
                var frame = await client.NextAsync();
                if (frame.Type == PacketType.Disconnect)
                {
                    Assert.Equal(Reason.ReceiveMaximumExceeded, frame.ToDisconnect().ReasonCode);
                    return;
                }

                Assert.Equal(PacketType.PubRec, frame.Type);
            }

            await client.ExpectDisconnectAsync(Reason.ReceiveMaximumExceeded);
        }
    }
}
