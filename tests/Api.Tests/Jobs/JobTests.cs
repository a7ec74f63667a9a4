using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Jobs;

public sealed class JobTests(ApiBroker broker)
{
    [Fact]
    public async Task DisconnectSessions_ByPrefix_DisconnectsThoseAlone()
    {
        string prefix = Unique.ClientId();
        await using var clients = await ClientsAsync(prefix, 12);
        await using var other = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()));

        var taken = await broker.Api.PostAsync("/api/v1/sessions:disconnect", $$"""{"filter":{"clientIdPrefix":"{{prefix}}","protocolVersion":"5.0"},"reason":"serverBusy","rate":1000}""");

        Assert.Equal(202, taken.Status);
        Assert.StartsWith("/api/v1/jobs/", taken.Headers["Location"], StringComparison.Ordinal);
        foreach (var client in clients)
            Assert.Equal(0x89, (int)(await client.ExpectClosedAsync())!.ReasonCode);
        var job = await EndedAsync(taken.Headers["Location"]);
        Assert.Equal(("done", "disconnect", 12, 12, 0, 0), ((string?)job["state"], (string?)job["action"], (int)job["matched"]!, (int)job["done"]!, (int)job["skipped"]!, (int)job["failed"]!));
        Assert.True(job.AsObject().ContainsKey("cursor"));
        Assert.Null(job["cursor"]);
        Assert.Equal(broker.Process.Ready["node"], (string?)job["node"]);
        Assert.Contains("ends with the node", (string?)job["note"], StringComparison.Ordinal);
        await other.PingAsync();
        Assert.Contains((await broker.Api.GetAsync("/api/v1/jobs")).Json["items"]!.AsArray(), each => (string?)each!["id"] == (string?)job["id"]);
    }

    [Fact]
    public async Task DisconnectSessions_Ending_EndsThoseAwayToo()
    {
        string prefix = Unique.ClientId();
        await using (var clients = await ClientsAsync(prefix, 3))
            await clients[0].DisconnectAsync();

        var taken = await broker.Api.PostAsync("/api/v1/sessions:disconnect", $$"""{"filter":{"clientIdPrefix":"{{prefix}}"},"action":"end","will":false}""");
        var job = await EndedAsync(taken.Headers["Location"]);

        Assert.Equal(("done", 3), ((string?)job["state"], (int)job["done"]!));
        Assert.Equal(404, (await broker.Api.DeleteAsync($"/api/v1/sessions/{prefix}-0")).Status);
    }

    [Fact]
    public async Task CancelJob_UnderWay_StopsAndItsCursorGoesOn()
    {
        string prefix = Unique.ClientId();
        await using var clients = await ClientsAsync(prefix, 5);
        var taken = await broker.Api.PostAsync("/api/v1/sessions:disconnect", $$"""{"filter":{"clientIdPrefix":"{{prefix}}"},"rate":1}""");
        await clients[0].ExpectClosedAsync();

        var cancelled = await broker.Api.DeleteAsync(taken.Headers["Location"]);

        Assert.Equal((200, "cancelled"), (cancelled.Status, (string?)cancelled.Json["state"]));
        Assert.NotNull(cancelled.Json["ended"]);
        await clients[4].PingAsync();
        // It came not as far as a page: a new one begins where this one did.
        var again = await broker.Api.PostAsync("/api/v1/sessions:disconnect", new JsonObject { ["filter"] = new JsonObject { ["clientIdPrefix"] = prefix }, ["rate"] = 1000, ["cursor"] = cancelled.Json["cursor"]?.DeepClone() }.ToJsonString());
        Assert.Equal("done", (string?)(await EndedAsync(again.Headers["Location"]))["state"]);
        await clients[4].ExpectClosedAsync();
    }

    [Fact]
    public async Task GetJob_NeverTaken_IsNotFound()
    {
        Assert.Equal((404, "job-not-found"), ((await broker.Api.GetAsync("/api/v1/jobs/none")).Status, (await broker.Api.DeleteAsync("/api/v1/jobs/none")).Code));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"filter":{"clientIDPrefix":"a"}}""")]
    [InlineData("""{"filter":{},"rate":0}""")]
    [InlineData("""{"filter":{},"rate":10001}""")]
    [InlineData("""{"filter":{},"action":"kill"}""")]
    [InlineData("""{"filter":{},"reason":"keepAliveTimeout"}""")]
    [InlineData("""{"filter":{},"serverReference":"a"}""")]
    [InlineData("""{"filter":{},"action":"end","reason":"serverBusy"}""")]
    [InlineData("""{"filter":{"connected":false}}""")]
    [InlineData("""{"filter":{"protocolVersion":"4"}}""")]
    [InlineData("""{"filter":{"subscribedTo":"a/#/b"}}""")]
    [InlineData("""{"filter":{"matching":"a/+"}}""")]
    [InlineData("""{"filter":{"queuedMin":-1}}""")]
    [InlineData("""{"filter":{"ip":"here"}}""")]
    public async Task DisconnectSessions_BodyThatIsNone_IsRefused(string body) =>
        Assert.Equal((400, "invalid-body"), ((await broker.Api.PostAsync("/api/v1/sessions:disconnect", body)).Status, (await broker.Api.PostAsync("/api/v1/sessions:disconnect", body)).Code));

    private async Task<Clients> ClientsAsync(string prefix, int count)
    {
        var clients = new Clients();
        for (int i = 0; i < count; i++)
            clients.Add(await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, $"{prefix}-{i}")));
        return clients;
    }

    private async Task<JsonNode> EndedAsync(string location)
    {
        JsonNode job = null!;
        await Until.TrueAsync(async () => (string?)(job = (await broker.Api.GetAsync(location)).Json)["state"] != "running");
        return job;
    }

    private sealed class Clients : List<RawClient>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var client in this)
                await client.DisposeAsync();
        }
    }
}
