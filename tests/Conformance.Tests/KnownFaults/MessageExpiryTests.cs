using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>
/// The Message Expiry Interval: invented by some brokers, not counted down by others, and what expires after it was sent once is often lost.
/// The standard counts in seconds, so these tests wait some.
/// </summary>
public sealed class MessageExpiryTests(BrokerFixture broker)
{
    private static readonly TimeSpan PastOneSecond = TimeSpan.FromSeconds(2.2);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MessageExpiryInterval_NotGiven_IsNotInvented(int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, qos);
        await using var live = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, qos);
        await live.PublishAsync(topic, "x", qos, retain: true);
        CheckNone(await live.ReceiveAsync());
        await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, qos);
        CheckNone(await late.ReceiveAsync());
        if (qos == 0)
            return;
        await using var queued = await broker.ConnectAsync(request);
        CheckNone(await queued.ReceiveAsync());
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task MessageExpiryInterval_OfAMessageOfAnOlderVersion_IsNotInvented(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var live = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        await broker.RetainAsync(version, topic, "x", 1);
        CheckNone(await live.ReceiveAsync());
        await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        CheckNone(await late.ReceiveAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.2-6")]
    public async Task MessageExpiryInterval_OfARetainedMessage_IsCountedDown(int qos)
    {
        var topic = Unique.Topic();
        await broker.RetainAsync(MqttVersion.V50, topic, "x", qos, Property.MessageExpiryInterval(100));
        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, qos);
        Assert.InRange((await late.ReceiveAsync()).Properties.Integer(PropertyId.MessageExpiryInterval)!.Value, 60u, 98u);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.2-6")]
    public async Task MessageExpiryInterval_OfAQueuedMessage_IsCountedDown(int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "x", qos, retain: false, Property.MessageExpiryInterval(100));
        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var subscriber = await broker.ConnectAsync(request);
        Assert.InRange((await subscriber.ReceiveAsync()).Properties.Integer(PropertyId.MessageExpiryInterval)!.Value, 60u, 98u);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-3.3.2-5")]
    public async Task ExpiredMessage_NeverSent_IsNotSent(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, qos);
        await broker.RetainAsync(MqttVersion.V50, topic, "short", qos, Property.MessageExpiryInterval(1));
        await broker.PublishAsync(MqttVersion.V50, topic, qos, "long");
        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var subscriber = await broker.ConnectAsync(request);
        Assert.Equal("long", (await subscriber.ReceiveAsync()).Text);
        await subscriber.ExpectNothingAsync();
        await using var late = await broker.ConnectSubscribedAsync(version, topic, qos);
        await late.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.2-5")]
    public async Task ExpiredMessage_BehindReceiveMaximum_IsNotSent(int qos)
    {
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.ReceiveMaximum(1)] };
        await using var subscriber = await broker.ConnectSubscribedAsync(request, topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "first", qos);
        await publisher.PublishAsync(topic, "short", qos, retain: false, Property.MessageExpiryInterval(1));
        await publisher.PublishAsync(topic, "last", qos);
        var first = await subscriber.ExpectPublishAsync();
        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        await subscriber.CompleteAsync(first);
        Assert.Equal("last", (await subscriber.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-4.3.3-7")]
    [Spec("MQTT5-4.4.0-1")]
    public async Task ExpiredMessage_SentBefore_IsRedelivered(MqttVersion version, int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        PublishFrame sent;
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
            await publisher.PublishAsync(topic, "short", qos, retain: false, Property.MessageExpiryInterval(1));
            sent = await first.ExpectPublishAsync();
        }

        await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var second = await broker.ConnectAsync(request);
        var again = await second.ReceiveAsync();
        Assert.Equal(("short", sent.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
    }

    [Fact]
    [Spec("MQTT5-3.3.2-6")]
    public async Task MessageExpiryInterval_OfAWill_CountsFromItsPublication()
    {
        var topic = Unique.Topic();
        await using var live = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = 1, Retain = true, Properties = [Property.MessageExpiryInterval(3)] };
        await using (await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Will = will }))
            await Task.Delay(PastOneSecond, TimeProvider.System, TestContext.Current.CancellationToken);
        // The time of the connection is not the message's.
        Assert.InRange((await live.ReceiveAsync()).Properties.Integer(PropertyId.MessageExpiryInterval)!.Value, 2u, 3u);
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, TestContext.Current.CancellationToken);
        await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        await late.ExpectNothingAsync();
    }

    private static void CheckNone(PublishFrame message) => Assert.False(message.Properties.Has(PropertyId.MessageExpiryInterval));
}
