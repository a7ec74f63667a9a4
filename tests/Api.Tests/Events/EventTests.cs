using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Events;

/// <summary>The presence feed of one node, with real clients.</summary>
public sealed class EventTests(ApiBroker broker)
{
    [Theory]
    [InlineData(MqttVersion.V50, "5.0")]
    [InlineData(MqttVersion.V311, "3.1.1")]
    public async Task Feed_ClientComesIsTakenOverAndGoes_TellsEach(MqttVersion version, string name)
    {
        string id = Unique.ClientId();
        await using var feed = await EventReader.OpenAsync(broker.Api, $"?clientIdPrefix={id}");
        await using var first = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(version, id) with { KeepAlive = 60 });
        await using var second = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(version, id));
        await broker.Api.DeleteAsync($"/api/v1/sessions/{id}/connection");
        await broker.Api.DeleteAsync($"/api/v1/sessions/{id}");

        var events = await feed.TakeAsync(5);

        Assert.Equal(
            ["connected 1", "takenOver 1 sessionTakenOver", "connected 2", "disconnected 2 administrativeAction", "ended 2"],
            events.Select(static each => $"{each["type"]} {each["epoch"]} {each["reason"]}".TrimEnd()));
        Assert.All(events, each => Assert.Equal((id, name), ((string?)each["clientId"], (string?)each["protocolVersion"])));
        Assert.Equal((60, broker.Process.Ready["node"]), ((int)events[0]["keepAlive"]!, (string?)events[0]["node"]));
        Assert.Equal(0x98, (int)events[3]["reasonCode"]!);
        Assert.Single(events.Select(static each => (string?)each["incarnation"]).Distinct());
    }

    [Fact]
    public async Task Feed_ReconnectsAgainAndAgain_MissesNothing()
    {
        const int clients = 60;
        string id = Unique.ClientId();
        var comes = Task.Run(
            async () =>
            {
                for (int i = 0; i < clients; i++)
                {
                    await using var client = await RawClient.ConnectAsync(broker.Mqtt, new ConnectRequest(MqttVersion.V50, $"{id}-{i}"));
                    await client.DisconnectAsync();
                }
            },
            TestContext.Current.CancellationToken);
        var told = new List<string>();
        string query = $"?clientIdPrefix={id}";
        string last;
        await using (var feed = await EventReader.OpenAsync(broker.Api, query + "&lastEventId=AQ"))
            last = feed.LastEventId;

        while (told.Count < 3 * clients)
        {
            await using var feed = await EventReader.OpenAsync(broker.Api, $"{query}&lastEventId={last}");
            foreach (var each in await feed.TakeAsync(Math.Min(7, (3 * clients) - told.Count)))
                told.Add($"{each["clientId"]} {each["type"]}");
            last = feed.LastEventId;
        }

        await comes;
        Assert.Equal(
            Enumerable.Range(0, clients).SelectMany(i => ((string[])["connected", "disconnected", "ended"]).Select(type => $"{id}-{i} {type}")),
            told);
    }

    [Fact]
    public async Task Feed_OfSomeTypes_TellsThose()
    {
        string id = Unique.ClientId();
        await using var feed = await EventReader.OpenAsync(broker.Api, $"?clientIdPrefix={id}&types=ended,expired");
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, new ConnectRequest(MqttVersion.V50, id));
        await client.DisconnectAsync();

        Assert.Equal("ended", (string?)(await feed.NextAsync())["type"]);
    }

    [Theory]
    [InlineData("?types=connected,left", "invalid-parameter")]
    [InlineData("?lastEventId=none", "invalid-parameter")]
    [InlineData("?prefix=a", "unknown-parameter")]
    public async Task Feed_ParameterThatIsNone_IsRefused(string query, string code)
    {
        var answer = await broker.Api.GetAsync($"/api/v1/events{query}");

        Assert.Equal((400, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Feed_MoreThanTheNodeMayHave_AreRefusedUntilOneIsClosed()
    {
        await using var node = await BrokerProcess.StartAsync("Broker:Limits:MaxEventFeeds=1");
        using var api = new ApiClient(new Uri($"http://{node.Ready["http"]}"));
        await using (await EventReader.OpenAsync(api))
        {
            var refused = await api.GetAsync("/api/v1/events");
            Assert.Equal((429, "too-many-feeds", true), (refused.Status, refused.Code, refused.Headers.ContainsKey("Retry-After")));
        }

        // The node notices that its reader is gone.
        EventReader? next = null;
        await Until.TrueAsync(async () => (next = await EventReader.TryOpenAsync(api)) is not null);
        await next!.DisposeAsync();
    }

    [Fact]
    public async Task Feed_NodeStops_EndsAsAWhole()
    {
        await using var node = await BrokerProcess.StartAsync();
        using var api = new ApiClient(new Uri($"http://{node.Ready["http"]}"));
        await using var feed = await EventReader.OpenAsync(api);

        var stops = node.StopAsync();
        await feed.EndAsync();

        Assert.Equal(0, await stops);
    }
}
