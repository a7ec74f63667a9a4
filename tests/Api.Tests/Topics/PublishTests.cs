using System.Text;
using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Topics;

/// <summary>POST /publish, with real subscribers.</summary>
public sealed class PublishTests(ApiBroker broker)
{
    private const int MaxPacketSize = 2 * 1024 * 1024;

    [Fact]
    public async Task Publish_AllProperties_ArriveAsGiven()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(topic, 2);

        var answer = await PublishAsync(new JsonObject
        {
            ["topic"] = topic,
            ["base64"] = Convert.ToBase64String([0, 255, 10]),
            ["qos"] = 2,
            ["retain"] = true,
            ["messageExpiryInterval"] = 3_600,
            ["payloadFormatIndicator"] = 0,
            ["contentType"] = "application/octet-stream",
            ["responseTopic"] = "answers/é",
            ["correlationData"] = Convert.ToBase64String([1, 0, 2]),
            ["userProperties"] = new JsonArray(Property("b", "1"), Property("a", "😀"), Property("b", "1"), Property("", "")),
        });

        Assert.Equal((200, """{"reason":"success","matched":1}"""), (answer.Status, answer.Body));
        var message = await subscriber.ReceiveAsync();
        Assert.Equal((topic, 2, false), (message.Topic, message.QoS, message.Retain));
        Assert.Equal([0, 255, 10], message.Payload);
        var properties = message.Properties;
        Assert.InRange(properties.Integer(PropertyId.MessageExpiryInterval)!.Value, 3_500u, 3_600u);
        Assert.Equal(0u, properties.Integer(PropertyId.PayloadFormatIndicator));
        Assert.Equal("application/octet-stream", properties.Text(PropertyId.ContentType));
        Assert.Equal("answers/é", properties.Text(PropertyId.ResponseTopic));
        Assert.Equal([1, 0, 2], properties.Bytes(PropertyId.CorrelationData)!);
        Assert.Equal([("b", "1"), ("a", "😀"), ("b", "1"), ("", "")], properties.UserProperties);
        Assert.Equal(9, properties.Count);
    }

    [Fact]
    public async Task Publish_LeastOfAMessage_IsAtLeastOnceWithoutAnything()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(topic, 2);

        Assert.Equal("""{"reason":"success","matched":1}""", (await PublishAsync(new JsonObject { ["topic"] = topic })).Body);
        Assert.Equal("""{"reason":"success","matched":1}""", (await PublishAsync(new JsonObject { ["topic"] = topic, ["text"] = "a\nü", ["qos"] = 0 })).Body);
        Assert.Equal("""{"reason":"no-matching-subscribers","matched":0}""", (await PublishAsync(new JsonObject { ["topic"] = topic + "/x" })).Body);

        var (first, second) = (await subscriber.ReceiveAsync(), await subscriber.ReceiveAsync());
        Assert.Equal(("", 1, false, 0), (first.Text, first.QoS, first.Retain, first.Properties.Count));
        Assert.Equal(("a\nü", 0), (second.Text, second.QoS));
    }

    [Fact]
    public async Task Publish_OverlappingSharedAndOffline_CountsWhoGetsIt()
    {
        var topic = Unique.Topic();
        await using var overlapping = await SubscribeAsync(topic, 1);
        await overlapping.SubscribeAsync(topic + "/#", 1);
        await using var member = await SubscribeAsync($"$share/g/{topic}", 1);
        await using var other = await SubscribeAsync($"$share/g/{topic}", 1);
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var offline = await RawClient.ConnectAsync(broker.Mqtt, request))
        {
            await offline.SubscribeAsync(topic, 1);
            await offline.DisconnectAsync();
        }

        Assert.Equal("""{"reason":"success","matched":3}""", (await PublishAsync(new JsonObject { ["topic"] = topic, ["text"] = "x" })).Body);

        Assert.Equal("x", (await overlapping.ReceiveAsync()).Text);
        await using var back = await RawClient.ConnectAsync(broker.Mqtt, request);
        Assert.Equal("x", (await back.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task Publish_Batch_EachByItselfInOrder()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(topic + "/#", 1);
        var messages = new JsonArray([.. Enumerable.Range(0, 200).Select(i => new JsonObject { ["topic"] = $"{topic}/{i % 3}", ["text"] = $"{i}", ["qos"] = 1 })]);
        messages.Insert(100, new JsonObject { ["topic"] = topic + "/+", ["text"] = "bad" });
        messages.Insert(0, new JsonObject { ["topic"] = topic, ["text"] = "bad", ["base64"] = "" });
        messages.Add(new JsonObject { ["topic"] = "$SYS/x" });
        messages.Add(null);

        var answer = await PublishAsync(new JsonObject { ["messages"] = messages });

        Assert.Equal(200, answer.Status);
        var results = answer.Json["results"]!.AsArray();
        Assert.Equal(204, results.Count);
        Assert.Equal(
            ["malformed-packet", "topic-name-invalid", "not-authorized", "malformed-packet"],
            new[] { 0, 101, 202, 203 }.Select(index => (string?)results[index]!["reason"]));
        Assert.Equal(200, results.Count(static result => result!.ToJsonString() == """{"reason":"success","matched":1}"""));
        Assert.All(new[] { 0, 101, 202, 203 }, index => Assert.Matches(@"^[A-Z].+\.$", (string?)results[index]!["detail"]));
        var numbers = new List<int>();
        while (numbers.Count < 200) numbers.Add(int.Parse((await subscriber.ReceiveAsync()).Text));
        Assert.All(Enumerable.Range(0, 3), rest => Assert.Equal(numbers.Where(number => number % 3 == rest).Order(), numbers.Where(number => number % 3 == rest)));
    }

    [Theory]
    [InlineData("""{}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a/#"}""", 400, "message-invalid")]
    [InlineData("""{"topic":""}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a\u0000"}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","text":"","base64":""}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","base64":"?"}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","base64":"YQ"}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","qos":3}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","messageExpiryInterval":4294967296}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","payloadFormatIndicator":2}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","responseTopic":"a/+"}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","contentType":"\u0000"}""", 400, "message-invalid")]
    [InlineData("""{"topic":"a","userProperties":[null]}""", 400, "message-invalid")]
    [InlineData("""{"topic":"$SYS/a"}""", 403, "topic-reserved")]
    [InlineData("""{"topic":"a\ud800"}""", 400, "invalid-body")]
    [InlineData("""{"topic":"a","userProperties":[{"name":"a"}]}""", 400, "invalid-body")]
    [InlineData("""{"topic":"a","qos":"1"}""", 400, "invalid-body")]
    [InlineData("""{"topic":"a","payload":"x"}""", 400, "invalid-body")]
    [InlineData("""{"topic":"a","messages":[{"topic":"a"}]}""", 400, "invalid-body")]
    [InlineData("""{"messages":[]}""", 400, "invalid-body")]
    [InlineData("""[]""", 400, "invalid-body")]
    [InlineData("""null""", 400, "invalid-body")]
    public async Task Publish_NotAMessage_IsAProblem(string body, int status, string code)
    {
        var answer = await broker.Api.PostAsync("/api/v1/publish", body);
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Publish_GreatestPayload_ArrivesAndOneByteMoreIsTooLarge()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(topic, 1);
        // 1 byte type, 3 of length, 2 before the topic, 2 of identifier, 1 of no properties.
        var payload = new byte[MaxPacketSize - 9 - Encoding.UTF8.GetByteCount(topic)];
        payload.AsSpan().Fill(0xA5);

        var tooLarge = await PublishAsync(new JsonObject { ["topic"] = topic, ["base64"] = Convert.ToBase64String([.. payload, 1]) });
        var answer = await PublishAsync(new JsonObject { ["topic"] = topic, ["base64"] = Convert.ToBase64String(payload) });

        Assert.Equal((413, "message-too-large"), (tooLarge.Status, tooLarge.Code));
        Assert.Equal("""{"reason":"success","matched":1}""", answer.Body);
        Assert.Equal(payload, (await subscriber.ReceiveAsync()).Payload);
    }

    [Fact]
    public async Task Publish_MoreMessagesThanAllowed_IsRefusedAsAWhole()
    {
        var messages = new JsonArray([.. Enumerable.Range(0, 1_001).Select(static _ => new JsonObject { ["topic"] = "a" })]);
        Assert.Equal("invalid-body", (await PublishAsync(new JsonObject { ["messages"] = messages })).Code);
    }

    private static JsonObject Property(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private Task<ApiAnswer> PublishAsync(JsonObject body) => broker.Api.PostAsync("/api/v1/publish", body.ToJsonString());

    private async Task<RawClient> SubscribeAsync(string filter, int qos)
    {
        var client = await RawClient.ConnectAsync(broker.Mqtt, MqttVersion.V50);
        await client.SubscribeAsync(filter, qos);
        return client;
    }
}
