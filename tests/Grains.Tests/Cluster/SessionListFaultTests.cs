using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Nodes come and go, sessions connect, leave and move while they are listed: what was there throughout comes once.</summary>
public sealed class SessionListFaultTests : IAsyncLifetime
{
    private const int Sessions = 60;

    private readonly MemoryJournalStore _store = new(BrokerCluster.Shards);
    private readonly HashSet<string> _stay = [];
    private BrokerCluster _cluster = null!;

    private BrokerNode Gateway => _cluster.Nodes[0];

    public async ValueTask InitializeAsync()
    {
        _cluster = await BrokerCluster.StartAsync(silos: 4, store: _store, roles: static silo => silo < 2 ? NodeRoles.Gateway : NodeRoles.Gateway | NodeRoles.Core);
        await _cluster.OpenShardsAsync();
        for (var i = 0; i < Sessions; i++)
        {
            // Without connection, connected and durable, connected and not.
            var client = _cluster.Nodes[i % 2].Client($"stays-{i:d3}");
            await client.ConnectAsync(i % 3 == 2 ? 0 : TestClient.Durable);
            if (i % 3 == 0) await client.DisconnectAsync();
            _stay.Add(client.ClientId);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_SessionsConnectLeaveAndMoveMeanwhile_NoneIsSkippedOrDoubled(bool isConnected)
    {
        using var stop = new CancellationTokenSource();
        var coming = ComeAndGoAsync(stop.Token);
        var moving = MoveAsync(stop.Token);
        for (var walk = 0; walk < 8; walk++)
        {
            var walked = await Walk.AllAsync(() => _cluster.Nodes[walk % 4], new SessionQuery { Connected = isConnected ? true : null }, limit: 7);
            AssertWalked(walked, isConnected);
        }

        await stop.CancelAsync();
        await Task.WhenAll(coming, moving);
        Assert.True(Gateway.Names.IsKept);
    }

    [Fact]
    public async Task List_NodeDiesInMidWalk_IsNamedUntilItIsDeadAndTheWalkGoesOn()
    {
        var dying = _cluster.Nodes[3];
        var pages = 0;
        var walked = await Walk.AllAsync(() => Gateway, new SessionQuery(), limit: 9, async page =>
        {
            // A node that answers nothing and is not yet declared dead; then it is.
            if (pages is > 0 and < 3) Assert.Equal([dying.Address.ToParsableString()], page.Partial);
            else Assert.Empty(page.Partial);
            if (pages == 0) Gateway.GetsNoAnswersOf(dying);
            if (pages == 2) await _cluster.KillAsync(dying);
            pages++;
        });

        AssertWalked(walked, connectedOnly: false);
        Assert.True(pages > 3);
        Assert.All(walked, static item => Assert.Equal(NumberOf(item) % 3 != 0, item.IsConnected));
    }

    [Fact]
    public async Task List_NoNodeAnswersButItsOwn_ConnectionsAreBelievedToLive()
    {
        await using var cluster = await BrokerCluster.StartAsync(silos: 3, store: _store);
        var durable = cluster.Nodes[1].Client("x-durable");
        await durable.ConnectAsync(TestClient.Durable);
        cluster.Nodes[0].GetsNoAnswersOf(cluster.Nodes[1]);

        var page = await cluster.Nodes[0].Directory.ListAsync(new SessionQuery { ClientIdPrefix = "x-" }, null, 10, Walk.Budget, CancellationToken.None);

        var item = Assert.Single(page.Items);
        Assert.Equal((true, cluster.Nodes[1].Address, SessionParts.Store), (item.IsConnected, item.Gateway, item.Parts));
        Assert.Equal([cluster.Nodes[1].Address.ToParsableString()], page.Partial);
    }

    [Fact]
    public async Task List_StoreOutOfReach_SaysSoUnlessItIsNotNeeded()
    {
        var store = new FaultyStore();
        await using var cluster = await BrokerCluster.StartAsync(store: store);
        await cluster.Node.Client("here").ConnectAsync(TestClient.Durable);
        store.RefusesReads = true;

        await Assert.ThrowsAsync<StoreUnreachableException>(() => cluster.Node.Directory.ListAsync(new SessionQuery(), null, 10, Walk.Budget, CancellationToken.None));
        Assert.Equal("here", await Walk.IdsAsync(cluster.Node, new SessionQuery { Connected = true }));
        Assert.NotNull((await cluster.Node.Directory.DescribeAsync("here", withWillPayload: false, CancellationToken.None)).Found);
        await Assert.ThrowsAsync<StoreUnreachableException>(() => cluster.Node.Directory.DescribeAsync("nobody", withWillPayload: false, CancellationToken.None));
    }

    private static int NumberOf(SessionItem item) => int.Parse(item.ClientId["stays-".Length..]);

    private void AssertWalked(List<SessionItem> walked, bool connectedOnly)
    {
        var ids = walked.ConvertAll(static item => item.ClientId);
        Assert.Equal(ids.Distinct(), ids);
        var stay = _stay.Where(id => !connectedOnly || int.Parse(id["stays-".Length..]) % 3 != 0);
        Assert.Equal(stay.Order(StringComparer.Ordinal), ids.Where(_stay.Contains));
    }

    private async Task ComeAndGoAsync(CancellationToken cancellation)
    {
        for (var i = 0; !cancellation.IsCancellationRequested; i++)
        {
            var client = _cluster.Nodes[i % 4].Client($"stays-{i % Sessions:d3}-not");
            await client.ConnectAsync(i % 2 == 0 ? 0 : TestClient.Durable);
            await client.DisconnectAsync(expiry: 0);
        }
    }

    /// <summary>Those without connection leave memory as well.</summary>
    private async Task MoveAsync(CancellationToken cancellation)
    {
        for (var i = 0; !cancellation.IsCancellationRequested; i++)
        {
            var clientId = $"stays-{i % Sessions:d3}";
            if (i % 3 == 0 && i % 2 == 0) await _cluster.DeactivateAsync(clientId);
            else await Gateway.Grains.GetGrain<ISessionGrain>(new SessionKey(clientId).ToGrainKey()).MoveAsync(_cluster.Nodes[2 + (i / Sessions % 2)].Address);
        }
    }
}
