using System.Buffers;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;
using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>MQTTnet, the client of .NET, over one transport.</summary>
public abstract class MqttNetTests(Endpoint endpoint)
{
    public static TheoryData<MqttVersion> Versions => [MqttVersion.V31, MqttVersion.V311, MqttVersion.V50];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Publish_EveryQoS_ReachesTheSubscriber(MqttVersion version)
    {
        await using var client = await ConnectAsync(version);
        for (var granted = 0; granted <= 2; granted++)
        {
            var topic = Unique.Topic();
            await client.SubscribeAsync(topic, granted);
            for (var qos = 0; qos <= 2; qos++)
            {
                await client.PublishAsync(topic, $"{qos}", qos);
                var message = await client.ReceiveAsync();
                Assert.Equal(topic, message.Topic);
                Assert.Equal(Math.Min(qos, granted), (int)message.QualityOfServiceLevel);
                Assert.Equal((byte)('0' + qos), message.Payload.FirstSpan[0]);
            }
        }

        await client.DisconnectAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Retained_SetReplacedAndCleared_IsSeenByLaterSubscribers(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await ConnectAsync(version);
        await client.PublishAsync(topic, "first", 1, retain: true);
        await client.PublishAsync(topic, "second", 1, retain: true);
        await client.SubscribeAsync(topic, 1);
        var kept = await client.ReceiveAsync();
        Assert.Equal(("second", true), (kept.ConvertPayloadToString(), kept.Retain));
        await client.PublishAsync(topic, "", 1, retain: true);
        Assert.True((await client.ReceiveAsync()).Payload.IsEmpty);

        await using var late = await ConnectAsync(version);
        await late.SubscribeAsync(topic, 1);
        await late.PublishAsync(topic, "live", 1);
        Assert.Equal("live", await late.ReceiveTextAsync());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Will_ConnectionLost_IsPublishedAndAfterDisconnectNot(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, 1);
        var clean = await ConnectAsync(version, options => options.WithWillTopic(topic).WithWillPayload("clean"));
        await clean.DisconnectAsync();
        var lost = await ConnectAsync(version, options => options.WithWillTopic(topic).WithWillPayload("lost"));
        await lost.DisposeAsync();
        Assert.Equal("lost", await subscriber.ReceiveTextAsync());
    }

    [Fact]
    public async Task WillDelay_ConnectionLost_IsPublishedAfterIt()
    {
        var topic = Unique.Topic();
        await using var subscriber = await ConnectAsync(MqttVersion.V50);
        await subscriber.SubscribeAsync(topic, 1);
        var lost = await ConnectAsync(MqttVersion.V50, options => options
            .WithWillTopic(topic).WithWillPayload("late").WithWillDelayInterval(1).WithSessionExpiryInterval(300));
        var start = TimeProvider.System.GetTimestamp();
        await lost.DisposeAsync();
        Assert.Equal("late", await subscriber.ReceiveTextAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Shared_TwoMembers_ShareTheMessages(MqttVersion version)
    {
        const int Count = 40;
        var topic = Unique.Topic();
        await using var first = await ConnectAsync(version);
        await using var second = await ConnectAsync(version);
        foreach (var member in new[] { first, second })
        {
            await member.SubscribeAsync($"$share/g/{topic}", 1);
            await member.SubscribeAsync($"{topic}/end", 1);
        }

        await using var publisher = await ConnectAsync(version);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", 1);

        // All others are acknowledged, so what a member gets of them stands before this.
        await publisher.PublishAsync($"{topic}/end", "end", 1);
        var firstTexts = await ReadToEndAsync(first);
        var secondTexts = await ReadToEndAsync(second);
        Assert.NotEmpty(firstTexts);
        Assert.NotEmpty(secondTexts);
        Assert.Equal(Enumerable.Range(0, Count), firstTexts.Concat(secondTexts).Select(int.Parse).Order());

        static async Task<IReadOnlyList<string>> ReadToEndAsync(MqttNetClient member)
        {
            List<string> texts = [];
            for (var text = await member.ReceiveTextAsync(); text != "end"; text = await member.ReceiveTextAsync())
                texts.Add(text);
            return texts;
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task PersistentSession_Away_GetsWhatCame(MqttVersion version)
    {
        const int Count = 50;
        var (topic, id) = (Unique.Topic(), Unique.ClientId());
        var first = await ConnectAsync(version, Persistent);
        await first.SubscribeAsync(topic, 1);
        await first.DisconnectAsync();
        await using var publisher = await ConnectAsync(version);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", 1 + (i % 2));
        await using var second = await ConnectAsync(version, Persistent);
        for (var i = 0; i < Count; i++)
            Assert.Equal($"{i}", await second.ReceiveTextAsync());

        void Persistent(MqttClientOptionsBuilder options)
        {
            options.WithClientId(id).WithCleanStart(false);
            if (version == MqttVersion.V50)
                options.WithSessionExpiryInterval(300);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Payload_OfOneMebibyte_PassesUnaltered(MqttVersion version)
    {
        var (topic, payload) = (Unique.Topic(), new byte[1024 * 1024]);
        new Random(1).NextBytes(payload);
        await using var client = await ConnectAsync(version);
        await client.SubscribeAsync(topic, 2);
        for (var qos = 0; qos <= 2; qos++)
        {
            await client.PublishAsync(new MqttApplicationMessageBuilder()
                .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).Build());
            var received = (await client.ReceiveAsync()).Payload.ToArray();
            Assert.True(payload.AsSpan().SequenceEqual(received));
        }
    }

    [Fact]
    public async Task RequestResponse_WithAResponder_GetsTheAnswer()
    {
        var (topic, answers, correlation) = (Unique.Topic(), Unique.Topic(), new byte[] { 0, 1, 255 });
        await using var responder = await ConnectAsync(MqttVersion.V50);
        await using var requester = await ConnectAsync(MqttVersion.V50);
        await responder.SubscribeAsync(topic, 1);
        await requester.SubscribeAsync(answers, 1);
        await requester.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload("question").WithResponseTopic(answers).WithCorrelationData(correlation).Build());
        var question = await responder.ReceiveAsync();
        await responder.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic(question.ResponseTopic).WithPayload("answer").WithCorrelationData(question.CorrelationData).Build());
        var answer = await requester.ReceiveAsync();
        Assert.Equal("answer", answer.ConvertPayloadToString());
        Assert.Equal(correlation, answer.CorrelationData);
    }

    [Fact]
    public async Task Properties_OfPublish_ReachTheSubscriber()
    {
        var topic = Unique.Topic();
        await using var client = await ConnectAsync(MqttVersion.V50);
        await client.Client.SubscribeAsync(
            new MqttClientSubscribeOptionsBuilder()
                .WithTopicFilter(topic, MqttQualityOfServiceLevel.AtLeastOnce)
                .WithSubscriptionIdentifier(7)
                .Build(),
            TestContext.Current.CancellationToken);
        await client.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithPayload("x")
            .WithContentType("text/plain")
            .WithPayloadFormatIndicator(MqttPayloadFormatIndicator.CharacterData)
            .WithUserProperty("a", "1"u8.ToArray().AsMemory())
            .WithUserProperty("a", "2"u8.ToArray().AsMemory())
            .Build());
        var message = await client.ReceiveAsync();
        Assert.Equal("text/plain", message.ContentType);
        Assert.Equal(MqttPayloadFormatIndicator.CharacterData, message.PayloadFormatIndicator);
        Assert.Equal([7u], message.SubscriptionIdentifiers);
        Assert.Equal(["a", "a"], message.UserProperties.Select(property => property.Name));
        Assert.Equal(["1", "2"], message.UserProperties.Select(property => Encoding.UTF8.GetString(property.ValueBuffer.Span)));
    }

    [Fact]
    public async Task ReceiveMaximum_Small_HoldsNothingBack()
    {
        const int Count = 40;
        var topic = Unique.Topic();
        await using var subscriber = await ConnectAsync(MqttVersion.V50, options => options.WithReceiveMaximum(1));
        await subscriber.SubscribeAsync(topic, 2);
        await using var publisher = await ConnectAsync(MqttVersion.V50);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", 1 + (i % 2));
        for (var i = 0; i < Count; i++)
            Assert.Equal($"{i}", await subscriber.ReceiveTextAsync());
    }

    [Fact]
    public async Task MessageExpiry_WhileAway_DropsTheExpired()
    {
        var (topic, gone, id) = (Unique.Topic(), Unique.Topic(), Unique.ClientId());
        await using var publisher = await ConnectAsync(MqttVersion.V50);
        await publisher.SubscribeAsync(gone, 0);
        await using (var first = await ConnectAsync(MqttVersion.V50, options => Persistent(options.WithWillTopic(gone).WithWillPayload("gone"))))
            await first.SubscribeAsync(topic, 1);
        // Its will: it is away for the broker, too. What had been sent to it would come again, expired or not [MQTT5-4.4.0-1].
        await publisher.ReceiveAsync();
        await publisher.PublishAsync(Expiring("short", 1));
        await publisher.PublishAsync(Expiring("long", 100));
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        await using var second = await ConnectAsync(MqttVersion.V50, Persistent);
        var message = await second.ReceiveAsync();
        Assert.Equal("long", message.ConvertPayloadToString());
        Assert.InRange(message.MessageExpiryInterval, 90u, 98u);

        void Persistent(MqttClientOptionsBuilder options) =>
            options.WithClientId(id).WithCleanStart(false).WithSessionExpiryInterval(300);

        MqttApplicationMessage Expiring(string text, uint seconds) => new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithPayload(text)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithMessageExpiryInterval(seconds)
            .Build();
    }

    private Task<MqttNetClient> ConnectAsync(MqttVersion version, Action<MqttClientOptionsBuilder>? configure = null) =>
        MqttNetClient.ConnectAsync(endpoint, version, configure);
}
