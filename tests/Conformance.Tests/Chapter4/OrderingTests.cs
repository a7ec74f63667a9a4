using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT section 4.6: the order of messages.</summary>
public sealed class OrderingTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.PairsAndQoS), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.6.0-5")]
    [Spec("MQTT311-4.6.0-6")]
    public async Task Publish_ManyInOneWrite_ArriveInOrder(MqttVersion publisherVersion, MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, qos);
        var (publisher, connAck) = await RawClient.ConnectWithAckAsync(
            broker.Endpoint, new ConnectRequest(publisherVersion, Unique.ClientId()));
        await using var ownedPublisher = publisher;
        var count = (int)Math.Min(200, connAck.Properties.Integer(PropertyId.ReceiveMaximum) ?? 65_535);
        await publisher.SendAsync(Enumerable.Range(1, count)
            .SelectMany(i => Packet.Publish(publisherVersion, topic, [(byte)i], qos, i)).ToArray());

        for (var i = 1; i <= count && qos == 1; i++)
            await publisher.ExpectAckAsync(PacketType.PubAck, i);
        for (var i = 1; i <= count && qos == 2; i++)
        {
            await publisher.ExpectAckAsync(PacketType.PubRec, i);
            await publisher.SendAsync(Packet.Acknowledge(PacketType.PubRel, i));
        }

        for (var i = 1; i <= count && qos == 2; i++)
            await publisher.ExpectAckAsync(PacketType.PubComp, i);
        for (var i = 1; i <= count; i++)
            Assert.Equal((byte)i, (await subscriber.ReceiveAsync()).Payload[0]);
        await subscriber.ExpectNothingAsync();
    }
}
