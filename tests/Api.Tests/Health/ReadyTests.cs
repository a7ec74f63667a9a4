using System.Net;
using System.Text.Json;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Api.Tests.Health;

/// <summary><c>/health/ready</c> of real nodes when something is wrong with what they need.</summary>
public sealed class ReadyTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new();
    private PostgresServer _server = null!;

    [Fact]
    public async Task Ready_DatabaseStopsAndComesBack_Is503WithTheReasonMeanwhile()
    {
        await using var node = await StartAsync(await _server.CreateSchemaAsync(), "Broker:Timing:StoreProbe=300ms");
        await UntilAsync(node, HttpStatusCode.OK);

        await _server.StopAsync();
        var problem = await UntilAsync(node, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(("not-ready", "The store does not answer."), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
        using (var live = await _http.GetAsync(Of(node, "/health/live"), TestContext.Current.CancellationToken)) Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        await _server.StartAsync();
        await UntilAsync(node, HttpStatusCode.OK);
    }

    /// <summary>The other node is stopped so that the drain lasts: it is told of it, and does not answer.</summary>
    [Fact]
    public async Task Ready_WhileTheNodeDrains_Is503WithTheReason()
    {
        var schema = await _server.CreateSchemaAsync();
        await using var node = await StartAsync(schema, "Broker:Cluster:Provider=Postgres");
        await using var other = await StartAsync(schema, "Broker:Cluster:Provider=Postgres");
        using (var limit = new CancellationTokenSource(Patience))
        {
            while (!node.Errors.Contains("nodes=2 cores=2", StringComparison.Ordinal)) await PauseAsync(limit.Token);
        }

        await UntilAsync(node, HttpStatusCode.OK);

        await other.SignalAsync("STOP");
        await node.SignalAsync("TERM");
        var problem = await UntilAsync(node, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("The node is draining and takes no clients.", problem.GetProperty("detail").GetString());
        Assert.Equal(0, await node.WaitForEndAsync());
    }

    public async ValueTask InitializeAsync() => _server = await PostgresServer.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private static Task<BrokerProcess> StartAsync(string connectionString, params string[] settings) =>
        BrokerProcess.StartAsync(["Broker:Storage:Provider=Postgres", $"Broker:Storage:ConnectionString={connectionString}", .. settings]);

    private static Uri Of(BrokerProcess node, string path) => new($"http://{node.Http!.Host}:{node.Http.PortText}{path}");

    private static Task PauseAsync(CancellationToken limit) => Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit);

    /// <summary>The body, if it is one of JSON.</summary>
    private async Task<JsonElement> UntilAsync(BrokerProcess node, HttpStatusCode status)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            using var answer = await _http.GetAsync(Of(node, "/health/ready"), limit.Token);
            var body = await answer.Content.ReadAsStringAsync(limit.Token);
            if (answer.StatusCode == status) return status == HttpStatusCode.OK ? default : JsonDocument.Parse(body).RootElement;
            await PauseAsync(limit.Token);
        }
    }
}
