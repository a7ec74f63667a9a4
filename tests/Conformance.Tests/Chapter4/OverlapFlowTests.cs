using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>
/// Several filters of one client match a topic: this broker sends one copy, at the highest QoS and with every identifier. And one filter subscribed again
/// is replaced, with nothing lost between the two.
/// </summary>
public sealed class OverlapFlowTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-3.3.4-2")]
    [Spec("MQTT311-3.3.5-1")]
    public async Task OverlappingFilters_OneMessage_ComesOnceAtTheHighestGrantedQoS(MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeWithAckAsync([($"{topic}/#", 0), ($"{topic}/+", 2), ($"{topic}/a", 1), ($"+/{topic.Split('/')[1]}/a", 0)]);
        await broker.PublishAsync(version, $"{topic}/a", qos, "once");
        var message = await client.ReceiveAsync();
        Assert.Equal(("once", qos), (message.Text, message.QoS));
        await client.ExpectNothingAsync();
        await client.UnsubscribeAsync($"{topic}/+");
        await broker.PublishAsync(version, $"{topic}/a", qos, "lower");
        message = await client.ReceiveAsync();
        Assert.Equal(("lower", Math.Min(qos, 1)), (message.Text, message.QoS));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.4-3")]
    [Spec("MQTT5-3.3.4-4")]
    public async Task OverlappingFilters_WithIdentifiers_AllComeWithTheOneCopy(int qos)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await using (var client = await broker.ConnectAsync(request))
        {
            await client.SubscribeAsync($"{topic}/#", 2, Property.SubscriptionIdentifier(1));
            await client.SubscribeAsync($"{topic}/+", 1, Property.SubscriptionIdentifier(268_435_455));
            await client.SubscribeAsync($"{topic}/a", 0);
            await client.SubscribeAsync($"+/{topic.Split('/')[1]}/a", 0, Property.SubscriptionIdentifier(128));
            await PublishAndCheckAsync(client);
            await client.DisconnectAsync();
        }

        await using var back = await broker.ConnectAsync(request);
        await PublishAndCheckAsync(back);

        async Task PublishAndCheckAsync(RawClient client)
        {
            await broker.PublishAsync(MqttVersion.V50, $"{topic}/a", qos, "once");
            var message = await client.ReceiveAsync();
            Assert.Equal(qos, message.QoS);
            Assert.Equal([1, 128, 268_435_455], message.Properties.SubscriptionIdentifiers.Order());
            await client.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-3.3.4-3")]
    public async Task OverlappingFilters_WithTheSameIdentifier_ItComesAtLeastOnce()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync($"{topic}/#", 1, Property.SubscriptionIdentifier(5));
        await client.SubscribeAsync($"{topic}/+", 1, Property.SubscriptionIdentifier(5));
        await broker.PublishAsync(MqttVersion.V50, $"{topic}/a", 1, "once");
        var identifiers = (await client.ReceiveAsync()).Properties.SubscriptionIdentifiers;
        Assert.NotEmpty(identifiers);
        Assert.All(identifiers, static identifier => Assert.Equal(5, identifier));
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task OverlappingFilters_OneWithRetainAsPublished_KeepsTheFlag()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync($"{topic}/#", 1);
        await client.SubscribeAsync($"{topic}/a", 0x08);
        await client.PublishAsync($"{topic}/a", "x", 1, retain: true);
        Assert.True((await client.ReceiveAsync()).Retain);
        await client.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-3.8.4-3")]
    public async Task SameFilterAgain_WithOtherOptions_OnlyTheNewHold()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync(topic, 2 | 0x08, Property.SubscriptionIdentifier(1));
        await client.SubscribeAsync(topic, 1, Property.SubscriptionIdentifier(2));
        await client.PublishAsync(topic, "x", 2, retain: true);
        var message = await client.ReceiveAsync();
        Assert.Equal((1, false), (message.QoS, message.Retain));
        Assert.Equal([2], message.Properties.SubscriptionIdentifiers);

        await client.SubscribeAsync(topic, 0x24); // No Local, no retained messages, and no identifier any more
        await client.PublishAsync(topic, "own", qos: 1);
        await broker.PublishAsync(MqttVersion.V50, topic, 1, "other's");
        message = await client.ReceiveAsync();
        Assert.Equal(("other's", 0), (message.Text, message.QoS));
        Assert.Empty(message.Properties.SubscriptionIdentifiers);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-3")]
    [Spec("MQTT311-3.8.4-3")]
    public async Task SameFilterAgainAndAgain_WhileAnotherPublishes_LosesAndDoublesNothing(MqttVersion version)
    {
        const int Count = 600;
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var publisher = await broker.ConnectAsync(version);
        var publishing = PublishAllAsync();
        var received = new List<int>();
        var round = 0;
        while (received.Count < Count)
        {
            if (received.Count < Count - 50)
                await client.SubscribeAsync(topic, 1 + (round++ % 2));
            for (var i = 0; i < 10 && received.Count < Count; i++)
                received.Add(int.Parse((await client.ReceiveAsync()).Text, CultureInfo.InvariantCulture));
        }

        await publishing;
        Assert.Equal(Enumerable.Range(0, Count), received);
        await client.ExpectNothingAsync();

        async Task PublishAllAsync()
        {
            for (var i = 0; i < Count; i++)
                await publisher.PublishAsync(topic, $"{i}", 1);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-5")]
    [Spec("MQTT5-3.8.4-6")]
    [Spec("MQTT5-3.9.3-1")]
    [Spec("MQTT311-3.8.4-4")]
    [Spec("MQTT311-3.8.4-5")]
    [Spec("MQTT311-3.9.3-1")]
    public async Task Subscribe_HundredFilters_AreAnsweredInOrderAndAllHold(MqttVersion version)
    {
        const int Count = 100;
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        var filters = Enumerable.Range(0, Count).Select(i => ($"{topic}/{i}", i * 7 % 3)).ToList();
        Assert.Equal(filters.Select(filter => (byte)filter.Item2), (await client.SubscribeWithAckAsync(filters)).ReasonCodes);
        await using var publisher = await broker.ConnectAsync(version);
        foreach (var (filter, qos) in filters)
        {
            await publisher.PublishAsync(filter, "x", qos: 2);
            var message = await client.ReceiveAsync();
            Assert.Equal((filter, qos), (message.Topic, message.QoS));
        }

        var unsubAck = await client.UnsubscribeAsync([.. filters.Select(filter => filter.Item1)]);
        Assert.Equal(version == MqttVersion.V50 ? Count : 0, unsubAck.ReasonCodes.Length);
        await publisher.PublishAsync($"{topic}/50", "x", qos: 2);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Subscribe_SameFilterTwiceInOnePacket_TheLaterHolds(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        Assert.Equal([2, 0], (await client.SubscribeWithAckAsync([(topic, 2), (topic, 0)])).ReasonCodes);
        await broker.PublishAsync(version, topic, 2, "x");
        Assert.Equal(0, (await client.ReceiveAsync()).QoS);
        await client.ExpectNothingAsync();
    }
}
