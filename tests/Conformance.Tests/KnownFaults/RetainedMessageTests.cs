using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>Retained messages where brokers differ: flags, handling, overlaps, what clears, what replaces.</summary>
public sealed class RetainedMessageTests(BrokerFixture broker)
{
    private const int RetainAsPublished = 0x08;

    public static MatrixTheoryData<int, int> QoSPairs => new([0, 1, 2], [0, 1, 2]);

    public static MatrixTheoryData<int, bool> HandlingAndShared => new([0, 1, 2], [false, true]);

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(0, true, false)]
    [InlineData(RetainAsPublished, false, false)]
    [InlineData(RetainAsPublished, true, true)]
    [Spec("MQTT5-3.3.1-12")]
    [Spec("MQTT5-3.3.1-13")]
    public async Task RetainFlag_OfALiveMessage_DependsOnRetainAsPublished(int options, bool retain, bool expected)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, options | 1);
        await using var shared = await broker.ConnectSubscribedAsync(MqttVersion.V50, $"$share/g/{topic}", options | 1);
        await subscriber.PublishAsync(topic, "x", 1, retain);
        Assert.Equal(expected, (await subscriber.ReceiveAsync()).Retain);
        Assert.Equal(expected, (await shared.ReceiveAsync()).Retain);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(RetainAsPublished)]
    [Spec("MQTT5-3.3.1-8")]
    public async Task RetainFlag_OfARetainedMessageAtSubscribe_IsAlwaysSet(int options)
    {
        var topic = Unique.Topic();
        await broker.RetainAsync(MqttVersion.V50, topic, "kept", 1);
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, options | 1);
        Assert.True((await subscriber.ReceiveAsync()).Retain);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(RetainAsPublished, true)]
    [Spec("MQTT5-3.3.1-6")]
    [Spec("MQTT5-3.3.1-7")]
    public async Task EmptyPayload_Retained_ClearsAndGoesOnAsPublished(int options, bool retain)
    {
        for (var qos = 0; qos <= 2; qos++)
        {
            var topic = Unique.Topic();
            await broker.RetainAsync(MqttVersion.V50, topic, "kept", 2);
            await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, options | 2);
            await subscriber.ReceiveAllAsync("kept");
            await subscriber.PublishAsync(topic, "", qos, retain: true, Property.UserProperty("a", "b"));
            var cleared = await subscriber.ReceiveAsync();
            Assert.Equal(("", qos, retain), (cleared.Text, cleared.QoS, cleared.Retain));
            Assert.Equal([("a", "b")], cleared.Properties.UserProperties);
            await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 2);
            await late.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(HandlingAndShared))]
    [Spec("MQTT5-3.3.1-9")]
    [Spec("MQTT5-3.3.1-10")]
    [Spec("MQTT5-3.3.1-11")]
    public async Task RetainHandling_OfNewRepeatedAndRenewed_IsWhatItSays(int handling, bool shared)
    {
        var topic = Unique.Topic();
        var filter = shared ? $"$share/g/{topic}" : topic;
        await broker.RetainAsync(MqttVersion.V50, topic, "kept", 1);
        await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
        var options = (handling << 4) | 1;
        await SubscribeAsync(isSent: handling < 2);
        await SubscribeAsync(isSent: handling == 0);
        await subscriber.UnsubscribeAsync(filter);
        await SubscribeAsync(isSent: handling < 2);

        async Task SubscribeAsync(bool isSent)
        {
            await subscriber.SubscribeAsync(filter, options);
            // Never for a shared subscription (MQTT5 section 4.8.2).
            if (isSent && !shared)
                await subscriber.ReceiveAllAsync("kept");
            await subscriber.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-3.3.1-10")]
    public async Task RetainHandlingOne_OfASubscriptionOfAResumedSession_SendsNothing()
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, 0x11);
        await broker.RetainAsync(MqttVersion.V50, topic, "kept", 0);
        await using var subscriber = await broker.ConnectSubscribedAsync(request, topic, 0x11);
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-9")]
    [Spec("MQTT311-3.3.1-6")]
    public async Task Retained_OverlappingFilters_ComesForEachSubscription(MqttVersion version)
    {
        var topic = Unique.Topic();
        await broker.RetainAsync(version, $"{topic}/a", "kept", 2);
        await using var subscriber = await broker.ConnectAsync(version);
        foreach (var (filter, qos) in new[] { ($"{topic}/+", 0), ($"{topic}/#", 1), ($"{topic}/a", 2) })
        {
            await subscriber.SubscribeAsync(filter, qos);
            var message = await subscriber.ReceiveAsync();
            Assert.Equal(("kept", qos, true), (message.Text, message.QoS, message.Retain));
            await subscriber.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-3.3.4-3")]
    public async Task Retained_AtSubscribe_HasTheIdentifierOfThisSubscriptionOnly()
    {
        var topic = Unique.Topic();
        await broker.RetainAsync(MqttVersion.V50, topic, "kept", 1);
        await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
        foreach (var (filter, identifier) in new[] { (topic, 7), ($"{topic}/#", 8) })
        {
            await subscriber.SubscribeAsync(filter, 1, Property.SubscriptionIdentifier(identifier));
            Assert.Equal([identifier], (await subscriber.ReceiveAsync()).Properties.SubscriptionIdentifiers);
        }
    }

    [Theory]
    [MemberData(nameof(QoSPairs))]
    [Spec("MQTT5-3.8.4-8")]
    [Spec("MQTT311-3.8.4-6")]
    public async Task Retained_PublishedAndGrantedQoS_GoesAtTheLower(int published, int granted)
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            var topic = Unique.Topic();
            await broker.RetainAsync(version, topic, "kept", published);
            await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, granted);
            Assert.Equal(Math.Min(published, granted), (await subscriber.ReceiveAsync()).QoS);
        }
    }

    [Theory]
    [MemberData(nameof(QoSPairs))]
    [Spec("MQTT5-3.3.1-5")]
    [Spec("MQTT311-3.3.1-5")]
    [Spec("MQTT311-3.3.1-7")]
    public async Task Retained_Replaced_OnlyTheNewerStands(int first, int second)
    {
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            var topic = Unique.Topic();
            await broker.RetainAsync(version, topic, "older", first);
            await broker.RetainAsync(version, topic, "newer", second);
            await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
            var message = await subscriber.ReceiveAsync();
            Assert.Equal(("newer", second), (message.Text, message.QoS));
            await subscriber.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.7.2-1")]
    [Spec("MQTT311-4.7.2-1")]
    public async Task Retained_UnderADollarTopic_IsNotSentToLeadingWildcards(MqttVersion version)
    {
        var topic = $"${Unique.Topic()}";
        await broker.RetainAsync(version, topic, "kept", 1);
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync($"+/{topic.Split('/')[1]}", 1);
        await subscriber.ExpectNothingAsync();
        await subscriber.SubscribeAsync($"{topic.Split('/')[0]}/#", 1);
        await subscriber.ReceiveAllAsync("kept");
        await subscriber.SubscribeAsync(topic, 1);
        await subscriber.ReceiveAllAsync("kept");
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Retained_OfAGoneSession_Stays(MqttVersion version)
    {
        var topic = Unique.Topic();
        var publisher = await broker.ConnectAsync(version);
        await publisher.PublishAsync(topic, "kept", 1, retain: true);
        await publisher.ResetAsync();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 1);
        await subscriber.ReceiveAllAsync("kept");
    }
}
