using System.Text;
using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Topics;

/// <summary>/retained, with what clients and requests have retained.</summary>
public sealed class RetainedTests(ApiBroker broker)
{
    [Fact]
    public async Task Retained_OfAClient_IsShownUntilItIsTakenAway()
    {
        var topic = Unique.Topic();
        var clientId = Unique.ClientId();
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, new ConnectRequest(MqttVersion.V50, clientId));
        await client.SubscribeAsync(topic, 1);
        await client.PublishAsync(
            topic, "grün", qos: 1, retain: true,
            Property.UserProperty("b", "1"), Property.Utf8(PropertyId.ContentType, "text/plain"), Property.UserProperty("a", "2"), Property.MessageExpiryInterval(3_600));
        Assert.Equal("grün", (await client.ReceiveAsync()).Text);
        var path = "/api/v1/retained/" + Uri.EscapeDataString(topic);

        var text = (await broker.Api.GetAsync(path + "?as=text")).Json;
        var base64 = (await broker.Api.GetAsync(path)).Json;

        Assert.Equal((topic, 1, 5, clientId), ((string?)text["topic"], (int)text["qos"]!, (int)text["payloadBytes"]!, (string?)text["publisherClientId"]));
        Assert.Equal(("grün", null), ((string?)text["text"], (string?)text["base64"]));
        Assert.Equal((null, Convert.ToBase64String(Encoding.UTF8.GetBytes("grün"))), ((string?)base64["text"], (string?)base64["base64"]));
        Assert.Equal("text/plain", (string?)text["contentType"]);
        Assert.Equal("""[{"name":"b","value":"1"},{"name":"a","value":"2"}]""", text["userProperties"]!.ToJsonString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)text["expiresAt"]);

        Assert.Equal((204, ""), ((await broker.Api.DeleteAsync(path)).Status, (await broker.Api.DeleteAsync(path)).Code is "retained-not-found" ? "" : "found"));
        Assert.Equal((404, "retained-not-found"), Of(await broker.Api.GetAsync(path)));
        await client.PublishAsync(topic, "end", qos: 1);
        Assert.Equal("end", (await client.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task Retained_NotUtf8_IsBase64AlsoWhereTextIsAsked()
    {
        var topic = Unique.Topic();
        await broker.Api.PostAsync("/api/v1/publish", new JsonObject { ["topic"] = topic, ["base64"] = "/w==", ["retain"] = true }.ToJsonString());

        var shown = (await broker.Api.GetAsync($"/api/v1/retained/{Uri.EscapeDataString(topic)}?as=text")).Json.AsObject();

        Assert.Equal("/w==", (string?)shown["base64"]);
        Assert.Equal(["topic", "qos", "payloadBytes", "base64"], shown.Select(static member => member.Key));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("~a")]
    [InlineData("..")]
    [InlineData("a%2Fb/é😀")]
    public async Task Retained_OddTopics_AreTheSameInBodyAndPath(string odd)
    {
        var topic = odd == ".." ? odd : Unique.Topic() + "/" + odd;
        Assert.Equal(200, (await broker.Api.PostAsync("/api/v1/publish", new JsonObject { ["topic"] = topic, ["text"] = "x", ["retain"] = true }.ToJsonString())).Status);

        foreach (var path in new[] { PathOf(topic), $"~{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(topic))}" })
            Assert.Equal(topic, (string?)(await broker.Api.GetAsync("/api/v1/retained/" + path)).Json["topic"]);
        Assert.Equal(204, (await broker.Api.DeleteAsync("/api/v1/retained/" + PathOf(topic))).Status);
    }

    [Fact]
    public async Task RetainedList_MoreThanAThousandTopics_PagesAreInOrderAndComplete()
    {
        var root = Unique.Topic();
        string[] topics = [.. Enumerable.Range(0, 1_200).Select(i => $"{root}/{i}/t"), root, root + "/\uFFFD", root + "/😀"];
        foreach (var chunk in topics.Chunk(1_000))
        {
            var messages = new JsonArray([.. chunk.Select(static topic => new JsonObject { ["topic"] = topic, ["text"] = "é", ["retain"] = true })]);
            Assert.Equal(200, (await broker.Api.PostAsync("/api/v1/publish", new JsonObject { ["messages"] = messages }.ToJsonString())).Status);
        }

        foreach (var (limit, payload) in new[] { (1_000, ""), (99, "&payload=text"), (500, "&payload=none") })
        {
            var found = new List<string>();
            string? cursor = "";
            while (cursor is not null)
            {
                var page = (await broker.Api.GetAsync($"/api/v1/retained?filter={Uri.EscapeDataString(root + "/#")}&limit={limit}{payload}{cursor}")).Json.AsObject();
                Assert.Equal(["items", "cursor", "asOf"], page.Select(static member => member.Key));
                var items = page["items"]!.AsArray();
                Assert.True(items.Count == limit || page["cursor"] is null);
                Assert.All(items, item => Assert.Equal(payload == "&payload=text" ? "é" : null, (string?)item!["text"]));
                found.AddRange(items.Select(static item => (string)item!["topic"]!));
                cursor = page["cursor"] is { } next ? $"&cursor={next}" : null;
            }

            Assert.Equal(topics.OrderBy(static topic => Convert.ToHexString(Encoding.UTF8.GetBytes(topic)), StringComparer.Ordinal), found);
        }
    }

    [Fact]
    public async Task RetainedList_OwnTopicsOfTheBroker_OnlyBelowSys()
    {
        var all = (await broker.Api.GetAsync("/api/v1/retained?limit=1000")).Json["items"]!.AsArray();
        Assert.DoesNotContain(all, static item => ((string)item!["topic"]!).StartsWith('$'));
        var own = (await broker.Api.GetAsync("/api/v1/retained?filter=$SYS/%23&payload=text")).Json["items"]!.AsArray();
        Assert.Contains(own, static item => (string?)item!["topic"] == "$SYS/broker/version" && ((string)item["text"]!).StartsWith("orleans-broker", StringComparison.Ordinal));
        Assert.Equal((403, "topic-reserved"), Of(await broker.Api.DeleteAsync("/api/v1/retained/$SYS%2Fbroker%2Fversion")));
    }

    [Theory]
    [InlineData("/api/v1/retained?filter=a%23", "invalid-parameter")]
    [InlineData("/api/v1/retained?filter=$share/g/a", "invalid-parameter")]
    [InlineData("/api/v1/retained?cursor=%3D", "invalid-parameter")]
    [InlineData("/api/v1/retained?cursor=YQBi", "invalid-parameter")]
    [InlineData("/api/v1/retained?payload=yes", "invalid-parameter")]
    [InlineData("/api/v1/retained?topic=a", "unknown-parameter")]
    [InlineData("/api/v1/retained/a?as=none", "invalid-parameter")]
    [InlineData("/api/v1/retained/a%23", "invalid-path")]
    [InlineData("/api/v1/retained/%2B", "invalid-path")]
    public async Task Retained_NotAQuestion_IsAProblem(string path, string code) => Assert.Equal((400, code), Of(await broker.Api.GetAsync(path)));

    private static string PathOf(string topic) => topic == ".." ? "~Li4" : Uri.EscapeDataString(topic);

    private static (int Status, string? Code) Of(ApiAnswer answer) => (answer.Status, answer.Code);
}
