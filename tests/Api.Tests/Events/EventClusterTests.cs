using System.Text.Json.Nodes;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Api.Tests.Events;

/// <summary>Commands and the presence feed across nodes: gateways, a core that is asked, and one that dies.</summary>
public sealed class EventClusterTests : IAsyncLifetime
{
    private PostgresServer _server = null!;
    private string _connectionString = null!;

    [Fact]
    public async Task Feed_TakeoverAcrossGatewaysAndACoreThatDies_IsInOrderAndHonest()
    {
        const int takeovers = 20;
        await using var core = await StartAsync("Core");
        await using var left = await StartAsync("Gateway");
        await using var right = await StartAsync("Gateway");
        using var api = new ApiClient(new Uri($"http://{right.Ready["http"]}"));
        await using var feed = await EventReader.OpenAsync(api, "?clientIdPrefix=roams");
        var clients = new List<RawClient>();
        for (int i = 0; i < takeovers; i++)
            clients.Add(await RawClient.ConnectAsync((i % 2 == 0 ? left : right).Tcp, ConnectRequest.Persistent(MqttVersion.V50, "roams")));

        var events = await feed.TakeAsync((2 * takeovers) - 1);
        Assert.Equal(Enumerable.Range(1, takeovers).SelectMany(static i => ((string[])[$"connected {i}", $"takenOver {i}"])).SkipLast(1), events.Select(static each => $"{each["type"]} {each["epoch"]}"));
        Assert.Equal((left.Ready["node"], right.Ready["node"]), ((string?)events[0]["node"], (string?)events[2]["node"]));

        // By the one gateway, while the connection is at the other and its session at the core.
        Assert.Equal(201, (await Api(left).PutAsync("/api/v1/sessions/roams/subscriptions/roams%2Ft", """{"qos":1}""")).Status);
        await using var publisher = await RawClient.ConnectAsync(left.Tcp, MqttVersion.V50);
        await publisher.PublishAsync("roams/t", "live", qos: 1);
        Assert.Equal("roams/t", (await clients[^1].ReceiveAsync()).Topic);

        await using var next = await StartAsync("Core");
        await core.KillAsync();
        Assert.Equal(("gap", core.Ready["node"]), Gap(await feed.NextAsync()));
        Assert.Equal(204, (await Api(left).DeleteAsync("/api/v1/sessions/roams/connection?reason=serverMoved&serverReference=elsewhere")).Status);

        var told = await feed.NextAsync();
        Assert.Equal(("disconnected", "serverMoved"), ((string?)told["type"], (string?)told["reason"]));
        Assert.True((long)told["epoch"]! > takeovers);
        var closed = await clients[^1].ExpectClosedAsync();
        Assert.Equal((0x9D, "elsewhere"), (closed!.ReasonCode, closed.Properties.Text(PropertyId.ServerReference)));
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.CreateAsync();
        _connectionString = await _server.CreateSchemaAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static (string? Type, string? Node) Gap(JsonNode told) => ((string?)told["type"], (string?)told["node"]);

    private static ApiClient Api(BrokerProcess node) => new(new Uri($"http://{node.Ready["http"]}"));

    private Task<BrokerProcess> StartAsync(string roles) => BrokerProcess.StartAsync(
        $"Broker:Roles={roles}", "Broker:Storage:Provider=Postgres", $"Broker:Storage:ConnectionString={_connectionString}", "Broker:Cluster:Provider=Postgres");
}
