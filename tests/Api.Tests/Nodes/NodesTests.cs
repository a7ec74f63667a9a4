using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Nodes;

public sealed class NodesTests(ApiBroker broker)
{
    private readonly ApiClient _api = broker.Api;

    private string Name => broker.Process.Ready["node"];

    [Fact]
    public async Task List_OneNode_IsTheOneOfTheReadyLine()
    {
        var answer = await _api.GetAsync("/api/v1/nodes");

        Assert.Equal(200, answer.Status);
        Assert.False(answer.Json.AsObject().ContainsKey("partial"));
        var node = Assert.Single(answer.Json["items"]!.AsArray())!;
        Assert.Equal((Name, "active"), ((string?)node["name"], (string?)node["status"]));
        Assert.Equal(["gateway", "core"], node["roles"]!.AsArray().Select(static role => (string?)role));
        Assert.Equal((string?)(await _api.GetAsync("/api/v1")).Json["version"], (string?)node["version"]);
        Assert.Equal(64, (int)node["shards"]!);
        Assert.Equal(["shard", "session", "client", "connection", "done"], node["lanes"]!.AsObject().Select(static lane => lane.Key));
        Assert.True((bool)node["store"]!["reached"]!);
        Assert.InRange((long)node["heapBytes"]!, 1, (long)node["workingSetBytes"]!);
        Assert.False(node.AsObject().ContainsKey("diedAt"));
    }

    [Fact]
    public async Task Get_ByItsName_IsTheEntryOfTheList()
    {
        var answer = await _api.GetAsync("/api/v1/nodes/" + Name);
        Assert.Equal((200, Name), (answer.Status, (string?)answer.Json["name"]));
        Assert.Equal(Name, (string?)(await _api.GetAsync("/api/v1/nodes/" + Uri.EscapeDataString(Name))).Json["name"]);
    }

    [Fact]
    public async Task Get_AnUnknownName_IsAProblem()
    {
        foreach (var name in new[] { "nobody", "127.0.0.1:1@1", "~bm9ib2R5", "%F0%9F%A6%84" })
        {
            var answer = await _api.GetAsync("/api/v1/nodes/" + name);
            Assert.Equal((404, "node-not-found"), (answer.Status, answer.Code));
        }
    }

    [Fact]
    public async Task Metrics_ForAForeignHost_NeedAKey()
    {
        Assert.Equal(200, (await _api.GetAsync("/metrics")).Status);
        var answer = await _api.SendAsync(HttpMethod.Get, "/metrics", prepare: static request => request.Headers.Host = "broker.example");
        Assert.Equal((403, "foreign-host"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Stats_MessagesAndASession_AreCounted()
    {
        var (before, topic) = (await StatsAsync(), Unique.ClientId());
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, topic));
        await client.SubscribeAsync(topic, 2);
        for (var qos = 0; qos <= 2; qos++)
        {
            await client.PublishAsync(topic, "1234", qos);
            await client.ReceiveAsync();
        }

        // Others use this broker, too.
        var after = await StatsAsync();
        foreach (var direction in new[] { "received", "sent" })
        {
            for (var qos = 0; qos <= 2; qos++)
            {
                Assert.InRange(Rise(before, after, direction, "messages", $"qos{qos}"), 1, long.MaxValue);
                Assert.InRange(Rise(before, after, direction, "payloadBytes", $"qos{qos}"), 4, long.MaxValue);
            }
        }

        Assert.Equal(1, (int)after["nodes"]!);
        Assert.InRange((int)after["connections"]!, 1, int.MaxValue);
        Assert.True(after["drops"]!.AsObject().ContainsKey("queue_full_oldest"));
        Assert.True(after["ratesPerMinute"]!["publish/received"]!.AsObject().ContainsKey("fifteenMinutes"));
        // A walk of all sessions serves for two seconds.
        await Until.TrueAsync(async () => (int)(await StatsAsync())["sessions"]!["durable"]! >= 1);
    }

    private static long Rise(JsonNode before, JsonNode after, params string[] path) =>
        (long)path.Aggregate(after, static (node, name) => node[name]!) - (long)path.Aggregate(before, static (node, name) => node[name]!);

    private async Task<JsonNode> StatsAsync()
    {
        var answer = await _api.GetAsync("/api/v1/stats");
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }
}
