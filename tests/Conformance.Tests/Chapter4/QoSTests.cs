using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT section 4.3: the delivery protocols of QoS 0, 1 and 2 on live connections.</summary>
public sealed class QoSTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.PairsAndQoS), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-8")]
    [Spec("MQTT5-4.3.1-1")]
    [Spec("MQTT5-4.3.2-2")]
    [Spec("MQTT5-4.3.2-4")]
    [Spec("MQTT5-4.3.3-2")]
    [Spec("MQTT5-4.3.3-8")]
    [Spec("MQTT311-3.8.4-6")]
    [Spec("MQTT311-4.3.1-1")]
    [Spec("MQTT311-4.3.2-1")]
    [Spec("MQTT311-4.3.3-1")]
    public async Task Publish_AnyVersions_IsDeliveredOnceAtTheLowerQoS(MqttVersion publisherVersion, MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var publisher = await broker.ConnectAsync(publisherVersion);
        for (var granted = 0; granted <= 2; granted++)
        {
            await using var subscriber = await broker.ConnectAsync(version);
            await subscriber.SubscribeAsync(topic, granted);
            await publisher.PublishAsync(topic, $"{qos} {granted}", qos);
            var message = await subscriber.ReceiveAsync();
            Assert.Equal(topic, message.Topic);
            Assert.Equal($"{qos} {granted}", message.Text);
            Assert.Equal(Math.Min(qos, granted), message.QoS);
            Assert.False(message.Retain);
            Assert.False(message.Dup);
            await subscriber.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.5.0-1")]
    [Spec("MQTT311-4.5.0-1")]
    public async Task Publish_ToManySubscribers_ReachesEachOnce(MqttVersion version)
    {
        const int Count = 30;
        var topic = Unique.Topic();
        var subscribers = await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            var subscriber = await broker.ConnectAsync((MqttVersion)(3 + (i % 3)));
            await subscriber.SubscribeAsync(topic, i % 3);
            return subscriber;
        }));
        await using var publisher = await broker.ConnectAsync(version);
        await publisher.PublishAsync(topic, "to all", qos: 2);
        foreach (var subscriber in subscribers)
        {
            Assert.Equal("to all", (await subscriber.ReceiveAsync()).Text);
            await subscriber.ExpectNothingAsync();
            await subscriber.DisposeAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-4.3.3-4")]
    public async Task PubRec_WithAnError_EndsTheDelivery()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()) with
        {
            Properties = [Property.SessionExpiryInterval(300), Property.ReceiveMaximum(1)],
        });
        await subscriber.SubscribeAsync(topic, 2);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "refused", qos: 2);
        await publisher.PublishAsync(topic, "next", qos: 2);

        var refused = await subscriber.ExpectPublishAsync();
        Assert.Equal("refused", refused.Text);
        await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubRec, refused.PacketIdentifier, Reason.PayloadFormatInvalid));
        Assert.Equal("next", (await subscriber.ReceiveAsync()).Text);
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.3.2-5")]
    [Spec("MQTT311-4.3.2-2")]
    public async Task QoS1_SameIdentifierAfterPubAck_IsANewMessageWhateverItsDup(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 1);
        await using var publisher = await broker.ConnectAsync(version);
        // The last is the same byte for byte.
        foreach (var (payload, dup) in new[] { (1, false), (2, false), (3, true), (3, true) })
        {
            await publisher.SendAsync(Packet.Publish(version, topic, [(byte)payload], qos: 1, packetIdentifier: 5, dup: dup));
            Assert.Equal(Reason.Success, (await publisher.ExpectAckAsync(PacketType.PubAck, 5)).ReasonCode);
        }

        foreach (var payload in new[] { 1, 2, 3, 3 })
            Assert.Equal(payload, (await subscriber.ReceiveAsync()).Payload[0]);
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(300u)]
    [Spec("MQTT5-4.3.3-13")]
    public async Task QoS2_ExpiredWithinTheExchange_IsAcknowledgedToItsEndOnBothSides(uint sessionExpiry)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(
            ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), sessionExpiry), topic, 2);
        await using var publisher = await broker.ConnectAsync(ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), sessionExpiry));
        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, topic, [1], qos: 2, packetIdentifier: 5, properties: Property.MessageExpiryInterval(1)));
        Assert.Equal(Reason.Success, (await publisher.ExpectAckAsync(PacketType.PubRec, 5)).ReasonCode);
        var message = await subscriber.ExpectPublishAsync();

        // Expired before PUBREL of the publisher and before PUBREC of the subscriber.
        await Task.Delay(TimeSpan.FromSeconds(2.2), TimeProvider.System, TestContext.Current.CancellationToken);
        await publisher.SendAsync(Packet.Acknowledge(PacketType.PubRel, 5));
        Assert.Equal(Reason.Success, (await publisher.ExpectAckAsync(PacketType.PubComp, 5)).ReasonCode);
        await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
        Assert.Equal(Reason.Success, (await subscriber.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier)).ReasonCode);
        await subscriber.SendAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
        await subscriber.ExpectNothingAsync();
    }
}
