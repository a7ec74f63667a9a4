using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Api.Tests.Nodes;

/// <summary>Two nodes, one of which does not answer any more, though nobody knows it yet.</summary>
public sealed class FrozenNodeTests : IAsyncLifetime
{
    private PostgresServer _server = null!;

    [Fact]
    public async Task ListAndStats_OneNodeFrozen_AreAnsweredWithItsName()
    {
        var schema = await _server.CreateSchemaAsync();
        await using var node = await StartAsync(schema);
        await using var frozen = await StartAsync(schema);
        await Until.TrueAsync(() => node.Errors.Contains("nodes=2 cores=2", StringComparison.Ordinal));
        using var api = new ApiClient(new Uri($"http://{node.Ready["http"]}"));
        var whole = (await api.GetAsync("/api/v1/stats")).Json;
        Assert.Equal((2, false), ((int)whole["nodes"]!, whole.AsObject().ContainsKey("partial")));

        await frozen.SignalAsync("STOP");
        var (nodes, stats) = (api.GetAsync("/api/v1/nodes"), api.GetAsync("/api/v1/stats"));

        Assert.Equal((200, 200), ((await nodes).Status, (await stats).Status));
        var name = frozen.Ready["node"];
        Assert.Equal(name, (string?)Assert.Single((await nodes).Json["partial"]!.AsArray()));
        Assert.Equal(name, (string?)Assert.Single((await stats).Json["partial"]!.AsArray()));
        Assert.Equal(1, (int)(await stats).Json["nodes"]!);
        var entry = (await nodes).Json["items"]!.AsArray().Single(entry => (string?)entry!["name"] == name)!;
        Assert.Equal(["name", "roles", "status"], entry.AsObject().Select(static member => member.Key));
    }

    public async ValueTask InitializeAsync() => _server = await PostgresServer.CreateAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static Task<BrokerProcess> StartAsync(string connectionString) =>
        BrokerProcess.StartAsync("Broker:Storage:Provider=Postgres", $"Broker:Storage:ConnectionString={connectionString}", "Broker:Cluster:Provider=Postgres");
}
