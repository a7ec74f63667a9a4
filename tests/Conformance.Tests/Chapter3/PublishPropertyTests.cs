using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.3.2.3: what a 5.0 PUBLISH carries besides topic and payload, and what becomes of it on the way.</summary>
public sealed class PublishPropertyTests(BrokerFixture broker)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.2-4")]
    [Spec("MQTT5-3.3.2-15")]
    [Spec("MQTT5-3.3.2-16")]
    [Spec("MQTT5-3.3.2-17")]
    [Spec("MQTT5-3.3.2-18")]
    [Spec("MQTT5-3.3.2-20")]
    public async Task PublishProperties_Live_ArePassedOnUnaltered(int qos)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await using var old = await broker.ConnectAsync(MqttVersion.V311);
        await client.SubscribeAsync(topic, qos);
        await old.SubscribeAsync(topic, qos);
        await client.PublishAsync(
            topic,
            "text",
            qos,
            retain: false,
            Property.UserProperty("z", "1"),
            Property.Byte(PropertyId.PayloadFormatIndicator, 1),
            Property.Utf8(PropertyId.ContentType, "text/plain; ä"),
            Property.UserProperty("a", ""),
            Property.Utf8(PropertyId.ResponseTopic, "answer/here"),
            Property.Binary(PropertyId.CorrelationData, [0, 1, 255]),
            Property.UserProperty("z", "2"));

        var properties = (await client.ReceiveAsync()).Properties;
        Assert.Equal(1u, properties.Integer(PropertyId.PayloadFormatIndicator));
        Assert.Equal("text/plain; ä", properties.Text(PropertyId.ContentType));
        Assert.Equal("answer/here", properties.Text(PropertyId.ResponseTopic));
        Assert.Equal(new byte[] { 0, 1, 255 }, properties.Bytes(PropertyId.CorrelationData));
        Assert.Equal([("z", "1"), ("a", ""), ("z", "2")], properties.UserProperties);
        Assert.Equal(7, properties.Count);
        Assert.Equal("text", (await old.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task PublishProperties_OfAQueuedMessage_ArePassedOn()
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await broker.SubscribeAndLeaveAsync(request, topic, 1);

        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(
            topic, "x", 1, retain: false, Property.Utf8(PropertyId.ContentType, "t"), Property.UserProperty("a", "b"));
        await using var second = await broker.ConnectAsync(request);
        var properties = (await second.ReceiveAsync()).Properties;
        Assert.Equal("t", properties.Text(PropertyId.ContentType));
        Assert.Equal([("a", "b")], properties.UserProperties);
    }

    [Fact]
    [Spec("MQTT5-3.3.2-5")]
    [Spec("MQTT5-3.3.2-6")]
    public async Task MessageExpiryInterval_WhileAway_DropsWhatExpiredAndCountsDownTheRest()
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await broker.SubscribeAndLeaveAsync(request, topic, 1);

        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "short", 1, retain: false, Property.MessageExpiryInterval(1));
        await publisher.PublishAsync(topic, "long", 1, retain: false, Property.MessageExpiryInterval(100));
        await publisher.PublishAsync(topic, "for ever", qos: 1);
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);

        await using var second = await broker.ConnectAsync(request);
        var message = await second.ReceiveAsync();
        Assert.Equal("long", message.Text);
        Assert.InRange(message.Properties.Integer(PropertyId.MessageExpiryInterval)!.Value, 90u, 98u);
        message = await second.ReceiveAsync();
        Assert.Equal("for ever", message.Text);
        Assert.False(message.Properties.Has(PropertyId.MessageExpiryInterval));
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task MessageExpiryInterval_OfAQueuedMessage_HoldsForA311SubscriberToo()
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V311, Unique.ClientId());
        await broker.SubscribeAndLeaveAsync(request, topic, 1);

        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "short", 1, retain: false, Property.MessageExpiryInterval(1));
        await publisher.PublishAsync(topic, "last", qos: 1);
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        await using var second = await broker.ConnectAsync(request);
        Assert.Equal("last", (await second.ReceiveAsync()).Text);
    }

    [Theory]
    [InlineData(PropertyId.ResponseTopic)]
    [InlineData(PropertyId.ContentType)]
    [Spec("MQTT5-3.3.2-13")]
    [Spec("MQTT5-3.3.2-19")]
    public async Task TextProperty_NotUtf8_ClosesAndReachesNobody(PropertyId id)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 2);
        byte[][] values =
        [
            Property.Binary(id, [0xC3, 0x28]),
            Property.Binary(id, [0x61, 0xED, 0xA0, 0x80]),
            Property.Binary(id, [0xC0, 0xAF]),
            Property.Binary(id, [0x61, 0x00]),
            [(byte)id, 0x00, 0x09, 0x61],
            [(byte)id, 0x00],
        ];
        foreach (var value in values)
        {
            for (var qos = 0; qos <= 2; qos++)
            {
                var packet = Packet.Publish(MqttVersion.V50, topic, [1], qos, packetIdentifier: 1, properties: value);
                await broker.ExpectRefusalAsync(MqttVersion.V50, packet, BadInput.Malformed);
            }
        }

        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("#")]
    [InlineData("+")]
    [InlineData("a/#")]
    [InlineData("a/+/b")]
    [InlineData("a+")]
    [Spec("MQTT5-3.3.2-14")]
    public async Task ResponseTopic_WithWildcard_ClosesAndReachesNobody(string responseTopic)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 2);
        for (var qos = 0; qos <= 2; qos++)
        {
            var packet = Packet.Publish(
                MqttVersion.V50, topic, [1], qos, packetIdentifier: 1, properties: Property.Utf8(PropertyId.ResponseTopic, responseTopic));
            await broker.ExpectRefusalAsync(MqttVersion.V50, packet, BadInput.BadTopic);
        }

        await subscriber.ExpectNothingAsync();
    }
}
