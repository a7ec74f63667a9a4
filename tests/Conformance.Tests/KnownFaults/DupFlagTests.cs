using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>DUP stands on what was sent before, and on nothing else; brokers forget it on redeliveries or set it on first deliveries.</summary>
[Spec("MQTT5-3.3.1-1")]
[Spec("MQTT311-3.3.1-1")]
public sealed class DupFlagTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-3.3.1-2")]
    [Spec("MQTT5-3.3.1-3")]
    [Spec("MQTT311-3.3.1-2")]
    [Spec("MQTT311-3.3.1-3")]
    public async Task Dup_FirstDeliveryOfWhatWasPublishedWithDup_IsNotSet(MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var live = await broker.ConnectSubscribedAsync(version, topic, qos);
        await using var publisher = await broker.ConnectAsync(version);
        // At QoS 0 the flag would be a violation of the publisher's own.
        await publisher.SendAsync(Packet.Publish(version, topic, [1], qos, packetIdentifier: 9, retain: true, dup: qos > 0));
        Assert.False((await live.ReceiveAsync()).Dup);
        await using var late = await broker.ConnectSubscribedAsync(version, topic, qos);
        var retained = await late.ReceiveAsync();
        Assert.True(retained.Retain);
        Assert.False(retained.Dup);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Dup_OfWhatWasOnlyQueued_IsNotSet(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, qos);
        await broker.PublishAsync(version, topic, qos, "queued");
        await using var client = await broker.ConnectAsync(request);
        Assert.False((await client.ReceiveAsync()).Dup);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-4.4.0-1")]
    [Spec("MQTT311-4.4.0-1")]
    public async Task Dup_OfEveryRedelivery_IsSet(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        PublishFrame sent;
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await broker.PublishAsync(version, topic, qos, "again");
            sent = await first.ExpectPublishAsync();
        }

        Assert.False(sent.Dup);
        for (var i = 0; i < 3; i++)
        {
            await using var next = await broker.ConnectAsync(request);
            var again = await next.ExpectPublishAsync();
            Assert.Equal(("again", sent.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
        }
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    public async Task Dup_OfARetainedMessageSentAgain_IsSet(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await broker.RetainAsync(version, topic, "kept", qos);
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
            Assert.False((await first.ExpectPublishAsync()).Dup);
        await using var second = await broker.ConnectAsync(request);
        var again = await second.ReceiveAsync();
        Assert.Equal(("kept", true, true), (again.Text, again.Dup, again.Retain));
        await second.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Dup_OfWhatWaitedBehindReceiveMaximum_IsNotSet(int qos)
    {
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            CleanStart = false,
            Properties = [Property.SessionExpiryInterval(300), Property.ReceiveMaximum(1)],
        };
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await broker.PublishAsync(MqttVersion.V50, topic, qos, "sent", "waits");
            Assert.Equal("sent", (await first.ExpectPublishAsync()).Text);
        }

        await using var second = await broker.ConnectAsync(request);
        var again = await second.ReceiveAsync();
        Assert.Equal(("sent", true), (again.Text, again.Dup));
        var next = await second.ReceiveAsync();
        Assert.Equal(("waits", false), (next.Text, next.Dup));
    }
}
