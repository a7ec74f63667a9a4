using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Rest;

/// <summary>Sessions listed over HTTP by three gateways and three cores, one of which goes in mid-walk: who is there throughout comes once.</summary>
public sealed class SessionWalkTests(Database database) : IAsyncLifetime
{
    private const int Sessions = 240;
    private const int PageSize = 20;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly List<RawClient> _clients = [];
    private RunningCluster _cluster = null!;

    private IReadOnlyList<BrokerProcess> Nodes => [.. _cluster.Gateways, .. _cluster.Cores];

    public async ValueTask InitializeAsync()
    {
        _cluster = await RunningCluster.StartAsync(database.Server, gateways: 3, cores: 3);
        for (var i = 0; i < Sessions; i++) await ConnectAsync(i);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        await _cluster.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task List_CoreKilledInMidWalk_NobodyIsSkippedOrDoubledThenOrAfter()
    {
        var dying = _cluster.Cores[1];
        var name = dying.Ready["node"];

        var pages = await SessionPage.WalkAsync(_http, () => Nodes, PageSize, async (number, _) =>
        {
            if (number == 2) await _cluster.KillAsync(dying);
        });

        AssertWhole(pages, silent: name);
        Assert.All(pages.Take(3), static page => Assert.Null(page.Partial));
        // While its sessions find others.
        while (pages.Exists(static page => page.Partial is not null))
        {
            pages = await SessionPage.WalkAsync(_http, () => Nodes, PageSize);
            AssertWhole(pages, silent: name);
        }

        foreach (var client in _clients) await client.PingAsync();
    }

    [Fact]
    public async Task List_CoreStopsAnsweringInMidWalk_ItIsNamedAndNobodyIsSkippedOrDoubled()
    {
        var frozen = _cluster.Cores[1];
        var name = frozen.Ready["node"];

        var pages = await SessionPage.WalkAsync(_http, () => [.. Nodes.Where(node => node != frozen)], PageSize, async (number, page) =>
        {
            // Nobody can know yet that it is gone.
            if (number == 3) Assert.Equal([name], page.Partial);
            if (number == 2) await frozen.SignalAsync("STOP");
        });

        AssertWhole(pages, silent: name);
        await frozen.KillAsync();
    }

    [Fact]
    public async Task List_GatewayKilledInMidWalk_SessionsThatOutliveItAreThereOnce()
    {
        var dying = _cluster.Gateways[0];
        var name = dying.Ready["node"];

        var pages = await SessionPage.WalkAsync(_http, () => Nodes, PageSize, async (number, _) =>
        {
            if (number == 2) await _cluster.KillAsync(dying);
        });

        AssertWhole(pages, silent: name, static i => KindOf(i) != Kind.Transient || GatewayOf(i) != 0);
    }

    private enum Kind
    {
        Away,
        Durable,
        Transient,
    }

    private static Kind KindOf(int number) => (Kind)(number % 3);

    private static int GatewayOf(int number) => number / 3 % 3;

    private static string IdOf(int number) => $"walk-{number:d3}";

    /// <param name="silent">The only node that may be named.</param>
    /// <param name="isThroughout">Whose session is there throughout; everybody's when null.</param>
    private static void AssertWhole(List<SessionPage> pages, string silent, Func<int, bool>? isThroughout = null)
    {
        Assert.All(pages, page => Assert.True(page.Partial is null || page.Partial.SequenceEqual([silent]), string.Join(", ", page.Partial ?? [])));
        List<string> ids = [.. pages.SelectMany(static page => page.Items).Select(static session => session.ClientId)];
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        var throughout = Enumerable.Range(0, Sessions).Where(isThroughout ?? (static _ => true)).Select(IdOf).ToList();
        Assert.Equal(throughout, ids.Where(throughout.Contains));
        Assert.Empty(ids.Except(Enumerable.Range(0, Sessions).Select(IdOf)));
        if (isThroughout is null)
            Assert.All(pages.SelectMany(static page => page.Items), static session => Assert.Equal(KindOf(int.Parse(session.ClientId["walk-".Length..])) != Kind.Away, session.Connected));
    }

    private async Task ConnectAsync(int number)
    {
        var kind = KindOf(number);
        var request = kind == Kind.Transient ? new ConnectRequest(MqttVersion.V50, IdOf(number)) : ConnectRequest.Persistent(MqttVersion.V50, IdOf(number), 3600);
        var client = await RawClient.ConnectAsync(_cluster.Gateways[GatewayOf(number)].Tcp, request);
        if (kind == Kind.Away)
        {
            await client.DisconnectAsync();
            await client.DisposeAsync();
            return;
        }

        _clients.Add(client);
    }
}
