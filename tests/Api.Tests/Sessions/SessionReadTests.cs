using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Sessions;

public sealed class SessionReadTests(ApiBroker broker)
{
    private readonly string _id = Unique.ClientId();

    [Fact]
    public async Task Read_Connected_HasConnectionAndWillWithoutPayload()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, _id) with { UserName = "ann", Password = "secret word"u8.ToArray(), KeepAlive = 30, Will = new WillRequest("will/" + _id, "gone"u8.ToArray()) { QoS = 1, Retain = true } };
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, request);
        await client.PublishAsync(_id, "x", qos: 1);

        var answer = await ReadAsync();
        var session = answer.Json;
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.Equal((_id, true, "ann", "5.0", 300), ((string?)session["clientId"], (bool)session["connected"]!, (string?)session["username"], (string?)session["protocolVersion"], (int)session["sessionExpiryInterval"]!));
        var connection = session["connection"]!;
        Assert.Equal((broker.Process.Ready["node"], 30, 1, 0), ((string?)connection["node"], (int)connection["keepAlive"]!, (int)connection["messagesReceived"]!, (int)connection["messagesSent"]!));
        Assert.StartsWith("127.0.0.1:", (string?)connection["address"], StringComparison.Ordinal);
        Assert.True(Time(session["createdAt"]) <= Time(connection["lastPacketAt"]) && Time(connection["connectedAt"]) <= Time(connection["lastPacketAt"]));
        Assert.Equal($$"""{"topic":"will/{{_id}}","qos":1,"retain":true,"delayInterval":0,"payloadBytes":4}""", session["will"]!.ToJsonString());
        Assert.Equal("{}", session["drops"]!.ToJsonString());
        Assert.Equal("Z29uZQ==", (string?)(await broker.Api.GetAsync($"/api/v1/sessions/{_id}?will=payload")).Json["will"]!["base64"]);
    }

    [Fact]
    public async Task Read_ETagOfWhatIsKnown_Is304UntilItChanges()
    {
        await LeaveAsync();
        var first = await ReadAsync();
        string tag = first.Headers["ETag"];
        Assert.Equal(200, first.Status);

        var same = await broker.Api.SendAsync(HttpMethod.Get, $"/api/v1/sessions/{_id}", prepare: request => request.Headers.TryAddWithoutValidation("If-None-Match", $"\"x\", {tag}"));
        Assert.Equal((304, "", tag), (same.Status, same.Body, same.Headers["ETag"]));

        await PublishAsync("x");
        var changed = await broker.Api.SendAsync(HttpMethod.Get, $"/api/v1/sessions/{_id}", prepare: request => request.Headers.TryAddWithoutValidation("If-None-Match", tag));
        Assert.Equal(200, changed.Status);
        Assert.NotEqual(tag, changed.Headers["ETag"]);
        Assert.Equal(1, (int)changed.Json["queue"]!["messages"]!);
    }

    [Fact]
    public async Task Read_NoSuchSession_Is404()
    {
        foreach (string path in new[] { "", "/subscriptions", "/queue" })
        {
            var answer = await broker.Api.GetAsync($"/api/v1/sessions/{_id}{path}");
            Assert.Equal((404, "session-not-found"), (answer.Status, answer.Code));
        }

        Assert.Equal(404, (await broker.Api.GetAsync($"/api/v1/sessions/{new string('x', 5000)}")).Status);
    }

    [Fact]
    public async Task Subscriptions_ByPages_HaveTheirOptions()
    {
        await using (var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, _id)))
        {
            await client.SubscribeAsync(_id + "/a", 2);
            await client.SubscribeAsync($"$share/g/{_id}/+", 1);
            await client.SubscribeAsync(_id + "/#", 0);
        }

        var first = (await broker.Api.GetAsync($"/api/v1/sessions/{_id}/subscriptions?limit=2")).Json;
        var second = (await broker.Api.GetAsync($"/api/v1/sessions/{_id}/subscriptions?limit=2&cursor={first["cursor"]}")).Json;

        Assert.Equal(
            [
                $$"""{"filter":"{{_id}}/a","qos":2,"noLocal":false,"retainAsPublished":false,"retainHandling":0}""",
                $$"""{"filter":"$share/g/{{_id}}/\u002B","qos":1,"noLocal":false,"retainAsPublished":false,"retainHandling":0,"shareName":"g"}""",
                $$"""{"filter":"{{_id}}/#","qos":0,"noLocal":false,"retainAsPublished":false,"retainHandling":0}""",
            ],
            first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(static item => item!.ToJsonString()));
        Assert.Null(second["cursor"]);
    }

    [Fact]
    public async Task Queue_ByPages_ShowsPayloadsWhereAskedFor()
    {
        await LeaveAsync();
        for (int i = 0; i < 5; i++)
            await PublishAsync($"payload {i}");

        var payloads = new List<string>();
        string cursor = "";
        do
        {
            var page = (await broker.Api.GetAsync($"/api/v1/sessions/{_id}/queue?limit=2&payload=text{cursor}")).Json;
            payloads.AddRange(page["items"]!.AsArray().Select(static item => (string)item!["text"]!));
            cursor = (string?)page["cursor"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        var bare = (await broker.Api.GetAsync($"/api/v1/sessions/{_id}/queue?limit=1")).Json["items"]![0]!.AsObject();

        Assert.Equal(Enumerable.Range(0, 5).Select(static i => $"payload {i}"), payloads);
        Assert.Equal(["sequence", "topic", "qos", "retain", "payloadBytes", "queuedAt", "publisherClientId"], bare.Select(static member => member.Key));
        Assert.Equal((_id + "/t", 1, 9), ((string?)bare["topic"], (int)bare["qos"]!, (int)bare["payloadBytes"]!));
        Assert.Equal(Convert.ToBase64String(Encoding.ASCII.GetBytes("payload 0")), (string?)(await broker.Api.GetAsync($"/api/v1/sessions/{_id}/queue?payload=base64")).Json["items"]![0]!["base64"]);
    }

    [Fact]
    public async Task Queue_OfAnUnreadableCursorOrValue_IsRefused()
    {
        await LeaveAsync();
        foreach (string query in new[] { "cursor=AQID", "payload=hex", "fields=topic" })
            Assert.Equal(400, (await broker.Api.GetAsync($"/api/v1/sessions/{_id}/queue?{query}")).Status);
    }

    private Task<ApiAnswer> ReadAsync() => broker.Api.GetAsync($"/api/v1/sessions/{_id}");

    private async Task PublishAsync(string payload)
    {
        await using var publisher = await RawClient.ConnectAsync(broker.Mqtt, MqttVersion.V50);
        await publisher.PublishAsync(_id + "/t", payload, qos: 1);
    }

    /// <summary>Makes a session without connection that has subscribed.</summary>
    private async Task LeaveAsync()
    {
        await using (var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, _id)))
        {
            await client.SubscribeAsync(_id + "/#", 1);
            await client.DisconnectAsync();
            await client.Ended;
        }

        // The session hears of it a moment later.
        await Until.TrueAsync(async () => !(bool)(await ReadAsync()).Json["connected"]!);
    }

    private static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);
}
