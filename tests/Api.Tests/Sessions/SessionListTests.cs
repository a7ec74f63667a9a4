using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Sessions;

public sealed class SessionListTests(ApiBroker broker)
{
    private readonly string _prefix = Unique.ClientId() + "/";

    [Fact]
    public async Task List_ByPages_EachSessionOnceInOrder()
    {
        await using var first = await ConnectAsync("a");
        for (int i = 0; i < 5; i++)
            await LeaveAsync($"b{i}");
        await using var last = await ConnectAsync("é😀");

        var (ids, pages) = (new List<string>(), 0);
        for (string query = Query("limit=2"); ; pages++)
        {
            var page = (await GetAsync(query)).Json;
            ids.AddRange(page["items"]!.AsArray().Select(item => (string)item!["clientId"]!));
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)page["asOf"]);
            Assert.Null(page["partial"]);
            Assert.True(page.AsObject().ContainsKey("cursor"));
            if ((string?)page["cursor"] is not { } cursor)
                break;
            query = Query($"limit=2&cursor={cursor}");
        }

        Assert.Equal(new[] { "a", "b0", "b1", "b2", "b3", "b4", "é😀" }.Select(id => _prefix + id), ids);
        Assert.InRange(pages, 3, 8);
    }

    [Fact]
    public async Task List_OnlineAndOffline_SayWhatApplies()
    {
        await using var online = await ConnectAsync("online", "ann", keepAlive: 60);
        await LeaveAsync("offline");

        var items = (await GetAsync(Query(""))).Json["items"]!.AsArray();

        var (offline, here) = (items[0]!.AsObject(), items[1]!.AsObject());
        Assert.Equal(
            ["clientId", "connected", "username", "protocolVersion", "node", "address", "keepAlive", "createdAt", "connectedAt", "lastSeenAt", "sessionExpiryInterval", "epoch", "inflightOutgoing", "inflightIncoming"],
            here.Select(static member => member.Key));
        Assert.Equal(("ann", "5.0", 60, 300, true), ((string?)here["username"], (string?)here["protocolVersion"], (int)here["keepAlive"]!, (int)here["sessionExpiryInterval"]!, (bool)here["connected"]!));
        Assert.Equal(broker.Process.Ready["node"], (string?)here["node"]);
        Assert.StartsWith("127.0.0.1:", (string?)here["address"], StringComparison.Ordinal);
        Assert.Equal(
            ["clientId", "connected", "protocolVersion", "createdAt", "lastSeenAt", "disconnectedAt", "sessionExpiryInterval", "expiresAt", "epoch", "inflightOutgoing", "inflightIncoming"],
            offline.Select(static member => member.Key));
        Assert.Equal(TimeSpan.FromSeconds(300), Time(offline["expiresAt"]) - Time(offline["disconnectedAt"]));
    }

    [Fact]
    public async Task List_Fields_AreThoseThatAreAskedFor()
    {
        await using var client = await ConnectAsync("a");
        await client.SubscribeAsync(_prefix + "t", 1);
        await LeaveAsync("b", _prefix + "t");
        await client.PublishAsync(_prefix + "t", "12345", qos: 1);

        var items = (await GetAsync(Query("fields=queuedMessages,queuedBytes,subscriptions,connected"))).Json["items"]!.AsArray();

        int bytes = Encoding.UTF8.GetByteCount(_prefix + "t") + 5;
        Assert.Equal($$"""{"clientId":"{{_prefix}}b","connected":false,"queuedMessages":1,"queuedBytes":{{bytes}},"subscriptions":1}""", items[1]!.ToJsonString());
        Assert.Equal($$"""[{"clientId":"{{_prefix}}a"},{"clientId":"{{_prefix}}b"}]""", (await GetAsync(Query("fields=clientId"))).Json["items"]!.ToJsonString());
    }

    [Theory]
    [InlineData("connected=true", "a")]
    [InlineData("connected=false", "b c")]
    [InlineData("username=ann", "a")]
    [InlineData("username=nobody", "")]
    [InlineData("protocolVersion=3.1.1", "c")]
    [InlineData("protocolVersion=5.0&connected=false", "b")]
    [InlineData("ip=127.0.0.1", "a")]
    [InlineData("ip=::ffff:127.0.0.1", "a")]
    [InlineData("ip=10.0.0.1", "")]
    [InlineData("queuedMin=2", "b")]
    [InlineData("queuedMin=3", "")]
    [InlineData("inflightMin=1", "")]
    [InlineData("lastSeenAfter=2026-01-01T00:00:00Z", "a b c")]
    [InlineData("lastSeenBefore=2026-01-01T00:00:00Z", "")]
    [InlineData("expiresBefore=2099-01-01T00:00:00Z", "b")]
    public async Task List_Criterion_LeavesOutTheOthers(string criterion, string expected)
    {
        await using var online = await ConnectAsync("a", "ann");
        await LeaveAsync("b", _prefix + "#");
        await LeaveAsync("c", version: MqttVersion.V311);
        for (int i = 0; i < 2; i++)
            await online.PublishAsync(_prefix + "t", "x", qos: 1);

        Assert.Equal(expected, await IdsAsync(criterion));
    }

    [Fact]
    public async Task List_SubscriptionCriteriaAndNode_FindTheSession()
    {
        await LeaveAsync("a", _prefix + "+/t");
        await using var online = await ConnectAsync("b");

        Assert.Equal("a", await IdsAsync("subscribedTo=" + Uri.EscapeDataString(_prefix + "+/t")));
        Assert.Equal("", await IdsAsync("subscribedTo=" + Uri.EscapeDataString(_prefix + "x/t")));
        Assert.Equal("a", await IdsAsync("matching=" + Uri.EscapeDataString(_prefix + "x/t")));
        Assert.Equal("b", await IdsAsync("node=" + Uri.EscapeDataString(broker.Process.Ready["node"])));
    }

    [Theory]
    [InlineData("subscribedTo=a%23", "subscribedTo")]
    [InlineData("matching=a/%23", "matching")]
    [InlineData("ip=localhost", "ip")]
    [InlineData("fields=password", "fields")]
    [InlineData("protocolVersion=4", "protocolVersion")]
    [InlineData("connected=maybe", "connected")]
    [InlineData("limit=1001", "limit")]
    [InlineData("queuedMin=-1", "queuedMin")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=AQ", "cursor")]
    [InlineData("cursor=!", "cursor")]
    public async Task List_WrongValue_IsRefusedByName(string query, string parameter)
    {
        var answer = await broker.Api.GetAsync("/api/v1/sessions?" + query);

        Assert.Equal((400, "invalid-parameter", parameter), (answer.Status, answer.Code, (string?)answer.Json["parameter"]));
    }

    [Fact]
    public async Task List_CursorOfAnotherVersionOrChanged_IsRefused()
    {
        await using var one = await ConnectAsync("a");
        await using var other = await ConnectAsync("b");
        byte[] cursor = System.Buffers.Text.Base64Url.DecodeFromChars((string)(await GetAsync(Query("limit=1"))).Json["cursor"]!);
        for (int i = 0; i < cursor.Length; i += 3)
        {
            byte[] changed = [.. cursor];
            changed[i] ^= 3;
            Assert.Equal(400, (await GetAsync(Query($"limit=1&cursor={System.Buffers.Text.Base64Url.EncodeToString(changed)}"))).Status);
        }

        Assert.Equal(200, (await GetAsync(Query($"limit=1&cursor={System.Buffers.Text.Base64Url.EncodeToString(cursor)}"))).Status);
    }

    private string Query(string rest) => $"/api/v1/sessions?clientIdPrefix={Uri.EscapeDataString(_prefix)}{(rest.Length == 0 ? "" : "&")}{rest}";

    private Task<ApiAnswer> GetAsync(string path) => broker.Api.GetAsync(path);

    private async Task<string> IdsAsync(string criterion) =>
        string.Join(' ', (await GetAsync(Query(criterion))).Json["items"]!.AsArray().Select(item => ((string)item!["clientId"]!)[_prefix.Length..]));

    private Task<RawClient> ConnectAsync(string id, string? userName = null, int keepAlive = 0) =>
        RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, _prefix + id) with { UserName = userName, KeepAlive = keepAlive });

    /// <summary>A session without connection.</summary>
    private async Task LeaveAsync(string id, string? filter = null, MqttVersion version = MqttVersion.V50)
    {
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(version, _prefix + id));
        if (filter is not null)
            await client.SubscribeAsync(filter, 1);
        await client.DisconnectAsync();
        await client.Ended;
        // The session hears of it a moment later.
        await Until.TrueAsync(async () => !(bool)(await GetAsync($"/api/v1/sessions/{Uri.EscapeDataString(_prefix + id)}")).Json["connected"]!);
    }

    private static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);
}
