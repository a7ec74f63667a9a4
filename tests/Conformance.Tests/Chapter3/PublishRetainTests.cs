using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.3.1.3: the one message that a topic keeps.</summary>
public sealed class PublishRetainTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.PairsAndQoS), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-5")]
    [Spec("MQTT5-3.3.1-9")]
    [Spec("MQTT311-3.1.2-7")]
    [Spec("MQTT311-3.3.1-5")]
    [Spec("MQTT311-3.3.1-6")]
    [Spec("MQTT311-3.3.1-8")]
    public async Task Retained_AtSubscribe_IsTheLastAndHasTheFlag(MqttVersion publisherVersion, MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using (var publisher = await broker.ConnectAsync(publisherVersion))
        {
            await publisher.PublishAsync(topic, "replaced", qos, retain: true);
            await publisher.PublishAsync(topic, "kept", qos, retain: true);
            await publisher.PublishAsync(topic, "not retained", qos);
            await publisher.DisconnectAsync();
        }

        for (var granted = 0; granted <= 2; granted++)
        {
            await using var subscriber = await broker.ConnectAsync(version);
            await subscriber.SubscribeAsync(topic, granted);
            var message = await subscriber.ReceiveAsync();
            Assert.Equal("kept", message.Text);
            Assert.Equal(Math.Min(qos, granted), message.QoS);
            Assert.True(message.Retain);
            Assert.False(message.Dup);
            await subscriber.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-12")]
    [Spec("MQTT311-3.3.1-9")]
    public async Task Retained_ToALiveSubscriber_ComesWithoutTheFlag(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, 1);
        await subscriber.PublishAsync(topic, "live", qos: 1, retain: true);
        var message = await subscriber.ReceiveAsync();
        Assert.Equal(("live", false), (message.Text, message.Retain));
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-6")]
    [Spec("MQTT5-3.3.1-7")]
    [Spec("MQTT311-3.3.1-10")]
    [Spec("MQTT311-3.3.1-11")]
    public async Task Retained_EmptyPayload_ClearsAndIsDelivered(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var live = await broker.ConnectAsync(version);
        await live.PublishAsync(topic, "kept", qos: 1, retain: true);
        await live.SubscribeAsync(topic, 1);
        Assert.Equal("kept", (await live.ReceiveAsync()).Text);

        await live.PublishAsync(topic, "", qos: 1, retain: true);
        var cleared = await live.ReceiveAsync();
        Assert.Empty(cleared.Payload);
        Assert.False(cleared.Retain);

        await using var late = await broker.ConnectAsync(version);
        await late.SubscribeAsync(topic, 1);
        await late.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-8")]
    [Spec("MQTT311-3.3.1-12")]
    public async Task NotRetained_WithPayloadOrWithout_NeitherStoresNorReplacesNorClears(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.PublishAsync($"{topic}/kept", "kept", qos: 1, retain: true);
        for (var qos = 0; qos <= 2; qos++)
        {
            foreach (var text in new[] { "passes", "" })
            {
                await client.PublishAsync($"{topic}/kept", text, qos);
                await client.PublishAsync($"{topic}/none", text, qos);
            }
        }

        await client.SubscribeAsync($"{topic}/+", 1);
        var message = await client.ReceiveAsync();
        Assert.Equal(($"{topic}/kept", "kept", true), (message.Topic, message.Text, message.Retain));
        await client.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Retained_ManyUnderAWildcard_ComeEachOnceAndOnlyTheMatching(MqttVersion version)
    {
        const int Count = 60;
        var root = Unique.Topic();
        await using var publisher = await broker.ConnectAsync(version);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync($"{root}/{i}/state", $"{i}", qos: 1, retain: true);
        await publisher.PublishAsync($"{root}/0/other", "other", qos: 1, retain: true);

        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync($"{root}/+/state", 1);
        var texts = new HashSet<string>();
        for (var i = 0; i < Count; i++)
            Assert.True(texts.Add((await subscriber.ReceiveAsync()).Text));
        Assert.DoesNotContain("other", texts);
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.8.4-4")]
    [Spec("MQTT311-3.8.4-3")]
    public async Task Retained_SubscribedAgain_ComesAgain(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.PublishAsync(topic, "kept", qos: 1, retain: true);
        for (var i = 0; i < 2; i++)
        {
            await client.SubscribeAsync(topic, 1);
            Assert.Equal("kept", (await client.ReceiveAsync()).Text);
            await client.ExpectNothingAsync();
        }
    }

    [Fact]
    public async Task Retained_AtSubscribe_HasItsProperties()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.PublishAsync(
            topic, "kept", 1, retain: true, Property.Utf8(PropertyId.ContentType, "text/plain"), Property.UserProperty("a", "b"));
        await client.SubscribeAsync(topic, 1);
        var message = await client.ReceiveAsync();
        Assert.Equal("text/plain", message.Properties.Text(PropertyId.ContentType));
        Assert.Equal([("a", "b")], message.Properties.UserProperties);
    }

    [Fact]
    public async Task Retained_Expired_IsGone()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.PublishAsync(topic, "short", 1, retain: true, Property.MessageExpiryInterval(1));
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        await client.SubscribeAsync(topic, 1);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Retained_WhilePublishing_NeverComesAfterWhatReplacedIt(int qos)
    {
        const int Count = 40;
        var topic = Unique.Topic();
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "0", qos, retain: true);
        var publishing = PublishAllAsync();

        // Whoever subscribes meanwhile sees one retained message and from it on every number, without gap or repeat.
        for (var round = 0; round < 8; round++)
        {
            await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
            await subscriber.SubscribeAsync(topic, qos);
            var message = await subscriber.ReceiveAsync();
            Assert.True(message.Retain);
            var last = int.Parse(message.Text);
            while (last < Count)
            {
                message = await subscriber.ReceiveAsync();
                Assert.False(message.Retain);
                Assert.Equal(++last, int.Parse(message.Text));
            }

            await subscriber.ExpectNothingAsync();
        }

        await publishing;

        async Task PublishAllAsync()
        {
            for (var i = 1; i <= Count; i++)
                await publisher.PublishAsync(topic, $"{i}", qos, retain: true);
        }
    }
}
