using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>mosquitto_pub, mosquitto_sub and mosquitto_rr.</summary>
public sealed class MosquittoTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    public static TheoryData<MqttVersion> Versions => [MqttVersion.V31, MqttVersion.V311, MqttVersion.V50];

    public static TheoryData<MqttVersion, int> VersionsAndQoS
    {
        get
        {
            var data = new TheoryData<MqttVersion, int>();
            foreach (var version in Enum.GetValues<MqttVersion>())
                for (var qos = 0; qos <= 2; qos++)
                    data.Add(version, qos);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task Publish_EveryQoS_ReachesTheSubscriber(MqttVersion version, int qos)
    {
        var (client, topic) = (Client(version), Unique.Topic());
        await using var subscriber = await client.SubscribeAsync("-t", topic, "-q", $"{qos}", "-C", "3", "-F", "%t %q %r %p");
        for (var i = 0; i < 3; i++)
            await client.PublishAsync("-t", topic, "-m", $"message {i}", "-q", $"{i}");
        var result = (await subscriber.WaitAsync()).EnsureSuccess();
        Assert.Equal(
            Enumerable.Range(0, 3).Select(i => $"{topic} {Math.Min(i, qos)} 0 message {i}"),
            MosquittoClient.Messages(result.Output));
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task Publish_ManyLines_ArriveInOrder(MqttVersion version, int qos)
    {
        var (client, topic) = (Client(version), Unique.Topic());
        await using var subscriber = await client.SubscribeAsync("-t", topic, "-q", $"{qos}", "-C", "200");
        await client.PublishAsync("-t", topic, "-m", "line", "-q", $"{qos}", "--repeat", "200");
        var result = (await subscriber.WaitAsync()).EnsureSuccess();
        Assert.Equal(200, MosquittoClient.Messages(result.Output).Count(line => line == "line"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Retained_SetReplacedAndCleared_IsSeenByLaterSubscribers(MqttVersion version)
    {
        var (client, topic) = (Client(version), Unique.Topic());
        await client.PublishAsync("-t", topic, "-m", "first", "-q", "1", "-r");
        await client.PublishAsync("-t", topic, "-m", "second", "-q", "1", "-r");
        var kept = await client.ReceiveAsync("-t", topic, "-q", "1", "-C", "1", "-F", "%r %p");
        Assert.Equal(["1 second"], kept.Lines);

        await client.PublishAsync("-t", topic, "-n", "-q", "1", "-r");
        await using var late = await client.SubscribeAsync("-t", topic, "-q", "1", "-C", "1", "-F", "%r %p");
        await client.PublishAsync("-t", topic, "-m", "live", "-q", "1");
        var live = (await late.WaitAsync()).EnsureSuccess();
        Assert.Equal(["0 live"], MosquittoClient.Messages(live.Output));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Will_ClientKilled_IsPublished(MqttVersion version)
    {
        var (client, topic) = (Client(version), Unique.Topic());
        await using var subscriber = await client.SubscribeAsync("-t", topic, "-q", "2", "-C", "1", "-F", "%q %p");
        await using (var dying = await client.SubscribeAsync(
            "-t", Unique.Topic(), "--will-topic", topic, "--will-payload", "gone", "--will-qos", "1"))
            await dying.SignalAsync("KILL");
        var result = (await subscriber.WaitAsync()).EnsureSuccess();
        Assert.Equal(["1 gone"], MosquittoClient.Messages(result.Output));
    }

    [Fact]
    public async Task WillDelay_ClientKilled_IsPublishedAfterIt()
    {
        var (client, topic) = (Client(MqttVersion.V50), Unique.Topic());
        await using var subscriber = await client.SubscribeAsync("-t", topic, "-q", "1", "-C", "1");
        await using var dying = await client.SubscribeAsync(
            "-t", Unique.Topic(), "-x", "300", "--will-topic", topic, "--will-payload", "late", "-D", "will", "will-delay-interval", "1");
        var start = TimeProvider.System.GetTimestamp();
        await dying.SignalAsync("KILL");
        var result = (await subscriber.WaitAsync()).EnsureSuccess();
        Assert.Equal(["late"], MosquittoClient.Messages(result.Output));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Shared_TwoMembers_ShareTheMessages(MqttVersion version)
    {
        const int Count = 20;
        var (client, topic) = (Client(version), Unique.Topic());
        string[] arguments = ["-t", $"$share/g/{topic}", "-t", $"{topic}/end", "-q", "1"];
        await using var first = await client.SubscribeAsync(arguments);
        await using var second = await client.SubscribeAsync(arguments);
        for (var i = 1; i <= Count; i++)
            await client.PublishAsync("-t", topic, "-m", $"message-{i}", "-q", "1");

        // All others are acknowledged, so what a member gets of them stands before this.
        await client.PublishAsync("-t", $"{topic}/end", "-m", "end", "-q", "1");
        await first.WaitForLineAsync("end");
        await second.WaitForLineAsync("end");
        var firstMessages = Numbers(first);
        var secondMessages = Numbers(second);
        Assert.NotEmpty(firstMessages);
        Assert.NotEmpty(secondMessages);
        Assert.Equal(Enumerable.Range(1, Count), firstMessages.Concat(secondMessages).Order());

        static IReadOnlyList<int> Numbers(ExternalTool member) =>
        [
            .. MosquittoClient.Messages(member.Output)
                .Where(line => line.StartsWith("message-", StringComparison.Ordinal))
                .Select(line => int.Parse(line["message-".Length..])),
        ];
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task PersistentSession_Away_GetsWhatCame(MqttVersion version)
    {
        const int Count = 50;
        var (client, topic, id) = (Client(version), Unique.Topic(), Unique.ClientId());
        await client.ReceiveAsync("-t", topic, "-q", "1", "-c", "-i", id, "-E");
        await client.PublishAsync("-t", topic, "-m", "kept", "-q", "1", "--repeat", $"{Count}");
        var result = await client.ReceiveAsync("-t", topic, "-q", "1", "-c", "-i", id, "-C", $"{Count}");
        Assert.Equal(Enumerable.Repeat("kept", Count), result.Lines);
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task Payload_OfOneMebibyte_PassesUnaltered(MqttVersion version, int qos)
    {
        var (client, topic) = (Client(version), Unique.Topic());
        var folder = Directory.CreateTempSubdirectory("interop-").FullName;
        try
        {
            var payload = new byte[1024 * 1024];
            new Random(1).NextBytes(payload);
            var path = Path.Combine(folder, "payload");
            await File.WriteAllBytesAsync(path, payload, TestContext.Current.CancellationToken);
            await using var subscriber = await client.SubscribeAsync("-t", topic, "-q", $"{qos}", "-C", "1", "-F", "%x");
            await client.PublishAsync("-t", topic, "-f", path, "-q", $"{qos}");
            var result = (await subscriber.WaitAsync()).EnsureSuccess();
            Assert.Equal(Convert.ToHexStringLower(payload), Assert.Single(MosquittoClient.Messages(result.Output)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    public async Task RequestResponse_WithAResponder_GetsTheAnswer(MqttVersion version)
    {
        var (client, topic, answers) = (Client(version), Unique.Topic(), Unique.Topic());
        await using var responder = await RawClient.ConnectAsync(broker.Tcp, version);
        await responder.SubscribeAsync(topic, 1);
        var asking = client.RequestAsync("-t", topic, "-e", answers, "-m", "question", "-q", "1");

        var question = await responder.ReceiveAsync();
        Assert.Equal("question", question.Text);
        var isV5 = version == MqttVersion.V50;
        Assert.Equal(isV5 ? answers : null, question.Properties.Text(PropertyId.ResponseTopic));
        var correlation = question.Properties.Bytes(PropertyId.CorrelationData);
        await responder.PublishAsync(
            answers, "answer", 1, retain: false, isV5 && correlation is not null ? [Property.Binary(PropertyId.CorrelationData, correlation)] : []);
        Assert.Equal(["answer"], (await asking).Lines);
    }

    [Fact]
    public async Task Properties_OfPublish_ReachTheSubscriber()
    {
        var (client, topic) = (Client(MqttVersion.V50), Unique.Topic());
        await using var subscriber = await client.SubscribeAsync(
            "-t", topic, "-q", "1", "-C", "1", "-F", "%C|%D|%R|%P|%p", "-D", "subscribe", "subscription-identifier", "7");
        await client.PublishAsync(
            "-t", topic, "-m", "x", "-q", "1",
            "-D", "publish", "content-type", "text/plain",
            "-D", "publish", "correlation-data", "c1",
            "-D", "publish", "response-topic", "answer/here",
            "-D", "publish", "user-property", "a", "1",
            "-D", "publish", "user-property", "b", "2");
        var result = (await subscriber.WaitAsync()).EnsureSuccess();
        var message = Assert.Single(MosquittoClient.Messages(result.Output));
        Assert.Equal("text/plain|c1|answer/here|a:1 b:2|x", message);
    }

    [Fact]
    public async Task ReceiveMaximum_Small_HoldsNothingBack()
    {
        const int Count = 50;
        var (client, topic) = (Client(MqttVersion.V50), Unique.Topic());
        await using var subscriber = await client.SubscribeAsync(
            "-t", topic, "-q", "2", "-C", $"{Count}", "-D", "connect", "receive-maximum", "1");
        await client.PublishAsync("-t", topic, "-m", "x", "-q", "2", "--repeat", $"{Count}");
        var result = (await subscriber.WaitAsync()).EnsureSuccess();
        Assert.Equal(Enumerable.Repeat("x", Count), MosquittoClient.Messages(result.Output));
    }

    [Fact]
    public async Task MessageExpiry_WhileAway_DropsTheExpired()
    {
        var (client, topic, id) = (Client(MqttVersion.V50), Unique.Topic(), Unique.ClientId());
        await client.ReceiveAsync("-t", topic, "-q", "1", "-c", "-i", id, "-E");
        await client.PublishAsync("-t", topic, "-m", "short", "-q", "1", "-D", "publish", "message-expiry-interval", "1");
        await client.PublishAsync("-t", topic, "-m", "long", "-q", "1", "-D", "publish", "message-expiry-interval", "100");
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        var result = await client.ReceiveAsync("-t", topic, "-q", "1", "-c", "-i", id, "-C", "1");
        Assert.Equal(["long"], result.Lines);
    }

    private MosquittoClient Client(MqttVersion version) => new(broker.Tcp, version);
}
