using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.8, SUBSCRIBE: filters and their options.</summary>
public sealed class SubscribeTests(BrokerFixture broker)
{
    private const int NoLocal = 0x04;
    private const int RetainAsPublished = 0x08;
    private const int RetainNever = 0x20;

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-6")]
    [Spec("MQTT5-3.8.4-2")]
    [Spec("MQTT311-3.8.4-5")]
    public async Task Subscribe_ManyFilters_AreAnsweredInTheirOrder(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        var filters = Enumerable.Range(0, 150).Select(i => ($"{topic}/{i}", i % 3)).ToList();
        var subAck = await client.SubscribeWithAckAsync(filters);
        Assert.Equal(filters.Select(filter => (byte)filter.Item2), subAck.ReasonCodes);
        await client.PublishAsync($"{topic}/149", "x", qos: 2);
        Assert.Equal(149 % 3, (await client.ReceiveAsync()).QoS);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-3")]
    [Spec("MQTT311-3.8.4-3")]
    public async Task Subscribe_SameFilterAgain_Replaces(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync(topic, 2);
        await client.SubscribeAsync(topic, 0);
        await client.PublishAsync(topic, "once", qos: 2);
        Assert.Equal(0, (await client.ReceiveAsync()).QoS);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.4-2")]
    public async Task Subscribe_OverlappingFilters_DeliverAtTheHighestQoS(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync($"{topic}/#", 0);
        await client.SubscribeAsync($"{topic}/+", 2);
        await client.SubscribeAsync($"{topic}/a", 1);
        await client.PublishAsync($"{topic}/a", "x", qos: 2);

        // One copy at the highest QoS, or one for each filter: the standard allows both.
        List<int> received = [(await client.ReceiveAsync()).QoS];
        while (await client.IsAnythingThereAsync(TimeSpan.FromMilliseconds(200)))
            received.Add((await client.ReceiveAsync()).QoS);
        Assert.True(received is [2] || received.Order().SequenceEqual([0, 1, 2]), string.Join(' ', received));
    }

    [Fact]
    [Spec("MQTT5-3.8.3-3")]
    public async Task NoLocal_OwnMessages_DoNotComeBack()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await using var other = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync(topic, 1 | NoLocal);
        await client.PublishAsync(topic, "own", qos: 1);
        await other.PublishAsync(topic, "other", qos: 1);
        Assert.Equal("other", (await client.ReceiveAsync()).Text);
        await client.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-3.3.4-3")]
    public async Task SubscriptionIdentifier_Given_ComesWithEveryMessage()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.PublishAsync($"{topic}/kept", "kept", qos: 1, retain: true);
        await client.SubscribeAsync($"{topic}/+", 1, Property.SubscriptionIdentifier(268_435_455));
        Assert.Equal([268_435_455], (await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);

        await client.SubscribeAsync($"{topic}/+", 1 | RetainNever, Property.SubscriptionIdentifier(7));
        await client.PublishAsync($"{topic}/live", "live", qos: 1);
        Assert.Equal([7], (await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);

        await client.SubscribeAsync($"{topic}/+", 1 | RetainNever);
        await client.PublishAsync($"{topic}/live", "without", qos: 1);
        Assert.Empty((await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);
    }

    [Fact]
    [Spec("MQTT5-3.3.4-3")]
    [Spec("MQTT5-3.3.4-4")]
    [Spec("MQTT5-3.3.4-5")]
    public async Task SubscriptionIdentifier_OfOverlappingFilters_AllCome()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync($"{topic}/#", 1, Property.SubscriptionIdentifier(1));
        await client.SubscribeAsync($"{topic}/a", 1, Property.SubscriptionIdentifier(2));
        await client.SubscribeAsync($"{topic}/+", 1);
        await client.PublishAsync($"{topic}/a", "x", qos: 1);
        List<int> identifiers = [];
        do
            identifiers.AddRange((await client.ReceiveAsync()).Properties.SubscriptionIdentifiers);
        while (await client.IsAnythingThereAsync(TimeSpan.FromMilliseconds(200)));
        Assert.Equal([1, 2], identifiers.Order());
    }

    [Fact]
    public async Task SubscriptionIdentifier_AfterReconnect_IsStillThere()
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync(topic, 1 | RetainAsPublished | NoLocal, Property.SubscriptionIdentifier(9));
            await first.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "x", qos: 1, retain: true);
        await using var second = await broker.ConnectAsync(request);
        await second.PublishAsync(topic, "own", qos: 1);
        var message = await second.ReceiveAsync();
        Assert.Equal("x", message.Text);
        Assert.True(message.Retain);
        Assert.Equal([9], message.Properties.SubscriptionIdentifiers);
        await second.ExpectNothingAsync();
    }
}
