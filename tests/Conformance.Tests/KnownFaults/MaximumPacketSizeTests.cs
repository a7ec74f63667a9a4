using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>
/// A client's Maximum Packet Size holds wherever a message comes from; what is larger counts as delivered and the rest goes on. Brokers forget it for
/// retained messages and for what was queued under another maximum.
/// </summary>
[Spec("MQTT5-3.1.2-24")]
[Spec("MQTT5-3.1.2-25")]
public sealed class MaximumPacketSizeTests(BrokerFixture broker)
{
    private const int Maximum = 200;

    private static readonly byte[] Large = new byte[Maximum];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MaximumPacketSize_OfALiveMessage_DropsTheLarger(int qos)
    {
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.MaximumPacketSize(Maximum)] };
        await using var subscriber = await broker.ConnectSubscribedAsync(request, topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V311);
        await publisher.PublishAsync(topic, "before", qos);
        await publisher.PublishAsync(topic, Large, qos, retain: false);
        await publisher.PublishAsync(topic, "after", qos);
        await subscriber.ReceiveAllAsync("before", "after");
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MaximumPacketSize_OfARetainedMessage_DropsTheLarger(int qos)
    {
        var topic = Unique.Topic();
        await using var publisher = await broker.ConnectAsync(MqttVersion.V311);
        await publisher.PublishAsync($"{topic}/a", Large, qos, retain: true);
        await publisher.PublishAsync($"{topic}/b", "small", qos, retain: true);
        await publisher.PublishAsync($"{topic}/c", Large, qos, retain: true);
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.MaximumPacketSize(Maximum), Property.ReceiveMaximum(1)],
        };
        await using var subscriber = await broker.ConnectSubscribedAsync(request, $"{topic}/+", qos);
        await subscriber.ReceiveAllAsync("small");
        await subscriber.ExpectNothingAsync();
        await publisher.PublishAsync($"{topic}/b", "live", qos);
        await subscriber.ReceiveAllAsync("live");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MaximumPacketSize_LowerThanWhenQueued_DropsTheLarger(int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V311);
        foreach (var text in new[] { "a", "b", "c" })
        {
            await publisher.PublishAsync(topic, Large, qos, retain: false);
            await publisher.PublishAsync(topic, text, qos);
        }

        await using var subscriber = await broker.ConnectAsync(Limited(request));
        await subscriber.ReceiveAllAsync("a", "b", "c");
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task MaximumPacketSize_LowerThanWhenSent_DropsTheRedelivery(int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await using var publisher = await broker.ConnectAsync(MqttVersion.V311);
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await publisher.PublishAsync(topic, Large, qos, retain: false);
            await publisher.PublishAsync(topic, "small", qos);
            await first.ExpectPublishAsync();
            await first.ExpectPublishAsync();
        }

        await using (var second = await broker.ConnectAsync(Limited(request)))
        {
            await second.ReceiveAllAsync("small");
            await second.ExpectNothingAsync();
        }

        // Dropped is dropped: with room again it does not come back from the dead.
        await using var third = await broker.ConnectAsync(request);
        await third.ExpectNothingAsync();
    }

    [Fact]
    public async Task MaximumPacketSize_CountsWhatTheBrokerAdds()
    {
        const int Identifier = 268_435_455; // four bytes, and one of property identifier
        var topic = Unique.Topic();
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Properties = [Property.MaximumPacketSize(Maximum)] };
        await using var subscriber = await broker.ConnectAsync(request);
        await subscriber.SubscribeAsync(topic, 1, Property.SubscriptionIdentifier(Identifier));
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        // Type, two bytes of length, topic with its length, packet identifier, properties' length, subscription identifier.
        var room = Maximum - (1 + 2 + 2 + topic.Length + 2 + 1 + 5);
        await publisher.PublishAsync(topic, new byte[room + 1], 1, retain: false);
        await publisher.PublishAsync(topic, new byte[room], 1, retain: false);
        Assert.Equal(room, (await subscriber.ReceiveAsync()).Payload.Length);
        await subscriber.ExpectNothingAsync();
    }

    private static ConnectRequest Limited(ConnectRequest request) =>
        request with { Properties = [.. request.Properties, Property.MaximumPacketSize(Maximum), Property.ReceiveMaximum(1)] };
}
