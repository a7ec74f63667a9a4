using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Messages of those who are no clients: from any node, to shards on both.</summary>
public sealed class OutsidePublishTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly BrokerCluster _cluster = silos.Cluster;
    private readonly BrokerNode _first = silos.First;
    private readonly BrokerNode _second = silos.Second;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Publish_FromAnyNodeToEveryShard_ComesAndIsCounted(int from)
    {
        var subscriber = _first.Client($"any{from}");
        await subscriber.ConnectAsync(receiveMaximum: 100);
        await subscriber.SubscribeAsync($"any{from}/#", QoS.ExactlyOnce);
        MessageDraft[] drafts = [.. Enumerable.Range(0, 3 * BrokerCluster.Shards).Select(i => Draft($"any{from}/{i}/t", $"{i}", (QoS)(i % 3)))];

        var answers = await PublishAsync(_cluster.Nodes[from], drafts);

        Assert.All(answers, static answer => Assert.Equal(new MessageAnswer(MessageState.Done, ReasonCode.Success, Matched: 1), answer));
        var received = new Dictionary<string, QoS>();
        while (received.Count < drafts.Length)
        {
            if (await subscriber.NextAsync() is Sent.Message message) received.Add(message.Payload, message.QoS);
        }

        Assert.All(received, static message => Assert.Equal((QoS)(int.Parse(message.Key) % 3), message.Value));
    }

    [Fact]
    public async Task Publish_OverlappingSharedAndOffline_CountsSessionsOnceAndGroupsOnce()
    {
        var (overlapping, offline, member, other) = (_first.Client("count-1"), _second.Client("count-2"), _first.Client("count-3"), _second.Client("count-4"));
        foreach (var client in new[] { overlapping, offline, member, other }) await client.ConnectAsync(TestClient.Durable);
        await overlapping.SubscribeAsync("count/a/#");
        await overlapping.SubscribeAsync("count/+/t");
        await offline.SubscribeAsync("count/a/t");
        await member.SubscribeAsync("$share/g/count/a/t");
        await other.SubscribeAsync("$share/g/count/a/t");
        await offline.DisconnectAsync();

        var answers = await PublishAsync(silos.Gateway, Draft("count/a/t", "x"), Draft("count/a/t/u", "y"), Draft("count/b/u", "z"), Draft("count/b/u", "z", QoS.AtMostOnce));

        Assert.Equal([3, 1, 0, 0], answers.Select(static answer => answer.Matched));
        Assert.Equal(
            [ReasonCode.Success, ReasonCode.Success, ReasonCode.NoMatchingSubscribers, ReasonCode.NoMatchingSubscribers], answers.Select(static answer => answer.Reason));
        Assert.True(await offline.ConnectAsync(TestClient.Durable));
        Assert.Equal("x", await offline.NextPayloadAsync());
    }

    [Fact]
    public async Task Publish_ManyOfFewTopics_EachTopicInOrder()
    {
        var subscriber = _second.Client("in-order");
        await subscriber.ConnectAsync(TestClient.Durable);
        await subscriber.SubscribeAsync("in-order/#");

        var answers = await PublishAsync(_first, [.. Enumerable.Range(0, 1_000).Select(static i => Draft($"in-order/{i % 7}/t", $"{i}"))]);

        Assert.All(answers, static answer => Assert.Equal(MessageState.Done, answer.State));
        var last = new int[7];
        Array.Fill(last, -1);
        for (var i = 0; i < 1_000; i++)
        {
            var number = int.Parse(await subscriber.NextPayloadAsync());
            Assert.True(number > last[number % 7]);
            last[number % 7] = number;
        }
    }

    [Fact]
    public async Task Publish_SomeBreakRules_TheyAloneAreRefused()
    {
        var limits = new LimitsOptions();
        MessageDraft good = Draft("rules/t", "x"), retained = good with { Retain = true };
        (MessageDraft Draft, ReasonCode Reason)[] cases =
        [
            (good, ReasonCode.NoMatchingSubscribers),
            (good with { Topic = "" }, ReasonCode.TopicNameInvalid),
            (good with { Topic = "a/+" }, ReasonCode.TopicNameInvalid),
            (good with { Topic = "a\0" }, ReasonCode.TopicNameInvalid),
            (good with { Topic = new string('/', 128) }, ReasonCode.TopicNameInvalid),
            (good with { Topic = new string('a', 65_536) }, ReasonCode.TopicNameInvalid),
            (good with { Topic = "$SYS/broker/uptime" }, ReasonCode.NotAuthorized),
            (good with { Topic = "$own/t" }, ReasonCode.NoMatchingSubscribers),
            (good with { Payload = new byte[limits.MaxPacketSize] }, ReasonCode.PacketTooLarge),
            (good with { Properties = new MessageProperties { ResponseTopic = "a/#" } }, ReasonCode.ProtocolError),
            (good with { Properties = new MessageProperties { ContentType = "a\0" } }, ReasonCode.MalformedPacket),
            (good with { Properties = new MessageProperties { ContentType = new string('a', 65_536) } }, ReasonCode.MalformedPacket),
            (good with { Properties = new MessageProperties { CorrelationData = new byte[65_536] } }, ReasonCode.MalformedPacket),
            (good with { Properties = new MessageProperties { UserProperties = [.. Enumerable.Repeat(new UserProperty("a", "b"), 1_001)] } }, ReasonCode.QuotaExceeded),
            (retained, ReasonCode.NoMatchingSubscribers),
        ];

        var answers = await PublishAsync(_first, [.. cases.Select(static each => each.Draft)]);

        Assert.Equal(cases.Select(static each => each.Reason), answers.Select(static answer => answer.Reason));
        Assert.All(answers, static answer => Assert.Equal(answer.Reason == ReasonCode.NoMatchingSubscribers ? MessageState.Done : MessageState.Refused, answer.State));
        Assert.All(answers, static answer => Assert.Equal(answer.State == MessageState.Refused, !string.IsNullOrEmpty(answer.Detail)));
    }

    [Fact]
    public async Task Publish_GreatestPacket_Arrives()
    {
        var subscriber = _second.Client("greatest");
        await subscriber.ConnectAsync();
        await subscriber.SubscribeAsync("greatest/t");
        // 1 byte type, 3 of length, 2 + 10 of topic, 2 of identifier, 1 of no properties.
        var payload = new string('x', new LimitsOptions().MaxPacketSize - 19);

        var answers = await PublishAsync(_first, Draft("greatest/t", payload + "x"), Draft("greatest/t", payload));

        Assert.Equal([ReasonCode.PacketTooLarge, ReasonCode.Success], answers.Select(static answer => answer.Reason));
        Assert.Equal(payload, await subscriber.NextPayloadAsync());
    }

    internal static MessageDraft Draft(string topic, string payload, QoS qos = QoS.AtLeastOnce, bool retain = false) =>
        new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload), QoS = qos, Retain = retain };

    internal static Task<IReadOnlyList<MessageAnswer>> PublishAsync(BrokerNode node, params MessageDraft[] drafts) =>
        node.Publisher.PublishAsync(drafts, CancellationToken.None).WaitAsync(2 * TestClient.Patience);
}
