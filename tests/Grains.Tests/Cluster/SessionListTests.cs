using System.Net;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>
/// Sessions of every kind on a gateway and two cores: connected here and there, without connection in memory and in the store alone. Which they are is in their names.
/// </summary>
public sealed class SessionListTests : IAsyncLifetime
{
    private readonly MemoryJournalStore _store = new(BrokerCluster.Shards);
    private BrokerCluster _cluster = null!;
    private string _node = "";

    private BrokerNode Gateway => _cluster.Nodes[0];

    private BrokerNode Core => _cluster.Nodes[1];

    public async ValueTask InitializeAsync()
    {
        _cluster = await BrokerCluster.StartAsync(silos: 3, store: _store, roles: static silo => silo == 0 ? NodeRoles.Gateway : NodeRoles.Gateway | NodeRoles.Core);
        await _cluster.OpenShardsAsync();
        _node = Gateway.Address.ToParsableString();
        await new TestClient(Core, "a-here").ConnectAsync();
        var durable = new TestClient(_cluster.Nodes[2], "b-durable") { UserName = "ann", Version = ProtocolVersion.Mqtt311 };
        await durable.ConnectAsync(TestClient.Durable);
        await durable.SubscribeAsync("kitchen/+/t");
        await ConnectAsync("c-elsewhere", 0, "ann");
        await ConnectAsync("d-elsewhere-durable", TestClient.Durable, "bob");
        await OfflineAsync("e-offline", "ann", 60, 1);
        await OfflineAsync("f-stored", "ann", 7_200, 3);
        await _cluster.DeactivateAsync("f-stored");
        await OfflineAsync("g-never", null, uint.MaxValue, 0);
        await _cluster.DeactivateAsync("g-never");
        await OfflineAsync("\uFFFF", null, TestClient.Durable, 0);
        await new TestClient(Core, "\U0001F600").ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task List_AllThereAre_InOrderOfTheirUtf8FromEveryNode(int limit)
    {
        string[] all = ["a-here", "b-durable", "c-elsewhere", "d-elsewhere-durable", "e-offline", "f-stored", "g-never", "\uFFFF", "\U0001F600"];
        foreach (var node in _cluster.Nodes)
        {
            var walked = await Walk.AllAsync(() => node, new SessionQuery(), limit);
            Assert.Equal(all, walked.Select(static item => item.ClientId));
            Assert.Equal("a b c d \U0001F600", string.Join(' ', walked.Where(static item => item.IsConnected).Select(static item => item.ClientId.Split('-')[0])));
        }
    }

    [Fact]
    public async Task List_ByEachCriterion_OnlineAndOfflineAlike()
    {
        Assert.Equal("e-offline f-stored g-never \uFFFF", await IdsAsync(new SessionQuery { Connected = false }));
        Assert.Equal("a-here b-durable c-elsewhere d-elsewhere-durable \U0001F600", await IdsAsync(new SessionQuery { Connected = true }));
        Assert.Equal("b-durable c-elsewhere e-offline f-stored", await IdsAsync(new SessionQuery { UserName = "ann" }));
        Assert.Equal("f-stored", await IdsAsync(new SessionQuery { ClientIdPrefix = "f-" }));
        Assert.Equal("", await IdsAsync(new SessionQuery { ClientIdPrefix = "f-stored-not" }));
        Assert.Equal("\uFFFF", await IdsAsync(new SessionQuery { ClientIdPrefix = "\uFFFF" }));
        Assert.Equal("b-durable", await IdsAsync(new SessionQuery { Version = (byte)ProtocolVersion.Mqtt311 }));
        Assert.Equal("c-elsewhere d-elsewhere-durable", await IdsAsync(new SessionQuery { Node = _node }));
        Assert.Equal("c-elsewhere", await IdsAsync(new SessionQuery { Node = _node, UserName = "ann" }));
        Assert.Equal("", await IdsAsync(new SessionQuery { Node = "nobody" }));
        Assert.Equal("e-offline", await IdsAsync(new SessionQuery { QueuedMin = 4 }));
        Assert.Equal("e-offline f-stored", await IdsAsync(new SessionQuery { QueuedMin = 3 }));
    }

    [Fact]
    public async Task List_BySubscription_AlsoOfSessionsInTheStoreAlone()
    {
        Assert.Equal("e-offline f-stored", await IdsAsync(new SessionQuery { SubscribedTo = "garden/#" }));
        Assert.Equal("", await IdsAsync(new SessionQuery { SubscribedTo = "garden/+" }));
        Assert.Equal("e-offline f-stored", await IdsAsync(new SessionQuery { Matching = "garden" }));
        Assert.Equal("c-elsewhere d-elsewhere-durable", await IdsAsync(new SessionQuery { SubscribedTo = "kitchen/#" }));
        Assert.Equal("b-durable c-elsewhere d-elsewhere-durable", await IdsAsync(new SessionQuery { Matching = "kitchen/oven/t" }));
        Assert.Equal("", await IdsAsync(new SessionQuery { Matching = "$SYS/broker" }));
    }

    [Fact]
    public async Task List_ByAddressAndTimes_AsTheGatewaySaysIt()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal("c-elsewhere", await IdsAsync(new SessionQuery { Ip = "10.1.2.3" }));
        Assert.Equal("d-elsewhere-durable", await IdsAsync(new SessionQuery { Ip = "fd00::1" }));
        Assert.Equal("", await IdsAsync(new SessionQuery { Ip = "10.1.2.30" }));
        Assert.Equal("c-elsewhere", await IdsAsync(new SessionQuery { LastSeenBefore = now - 3_000_000 }));
        Assert.Equal("", await IdsAsync(new SessionQuery { LastSeenBefore = now - 3_700_000 }));
        Assert.Equal("a-here b-durable d-elsewhere-durable e-offline f-stored g-never \uFFFF \U0001F600", await IdsAsync(new SessionQuery { LastSeenAfter = now - 3_000_000 }));
        Assert.Equal("e-offline", await IdsAsync(new SessionQuery { ExpiresBefore = now + 600_000 }));
        Assert.Equal("e-offline f-stored \uFFFF", await IdsAsync(new SessionQuery { ExpiresBefore = now + 8_000_000 }));
    }

    [Fact]
    public async Task List_Items_SayWhatIsKnown()
    {
        var items = (await Walk.AllAsync(() => Core, new SessionQuery { WithQueue = true, WithSubscriptions = true }, 100)).ToDictionary(static item => item.ClientId.Split('-')[0]);
        var (elsewhere, stored, offline) = (items["c"], items["f"], items["e"]);
        Assert.Equal((Gateway.Address, "10.1.2.3:4567", "ann", (byte)5, true), (elsewhere.Gateway, elsewhere.RemoteAddress, elsewhere.UserName, elsewhere.Version, elsewhere.IsConnected));
        Assert.Equal((1, 0u), (elsewhere.Subscriptions, elsewhere.ExpiryIntervalSeconds));
        Assert.True(elsewhere.ConnectedAt > 0 && elsewhere.LastPacketAt > 0 && elsewhere.Epoch > 0 && elsewhere.Incarnation != 0);
        Assert.Equal((3, 3 * "garden/t0".Length, 1, SessionParts.Store), (stored.Queued, stored.QueuedBytes, stored.Subscriptions, stored.Parts));
        Assert.Equal(stored.DisconnectedAt + 7_200_000, stored.ExpiresAt);
        Assert.Equal((4, 4 * "garden/t0".Length, 1, SessionParts.Session), (offline.Queued, offline.QueuedBytes, offline.Subscriptions, offline.Parts));
        Assert.Null(items["g"].ExpiresAt);
        Assert.Equal(Core.Address, items["a"].Gateway);
    }

    [Fact]
    public async Task List_BudgetUsedUp_EachPageComesFurther()
    {
        var pages = 0;
        var walked = await Walk.AllAsync(() => Core, new SessionQuery { UserName = "bob" }, 100, _ => Task.FromResult(pages++), TimeSpan.Zero);
        Assert.Equal(["d-elsewhere-durable"], walked.Select(static item => item.ClientId));

        // So many that no node looks at all of them at once.
        for (var i = 0; i < 20; i++) await new TestClient(Core, $"h-{i}") { UserName = "eve" }.ConnectAsync();
        var few = await Walk.AllAsync(() => Core, new SessionQuery { UserName = "eve", Connected = true }, 1, null, TimeSpan.Zero);
        Assert.Equal(20, few.Count);
    }

    private Task<string> IdsAsync(SessionQuery query) => Walk.IdsAsync(Core, query);

    /// <summary>On the gateway, with its session on a core.</summary>
    private async Task ConnectAsync(string clientId, uint expiry, string userName)
    {
        var client = new TestClient(Gateway, clientId)
        {
            UserName = userName,
            Prepare = connection =>
            {
                connection.Remote = expiry == 0 ? new IPEndPoint(IPAddress.Parse("10.1.2.3"), 4567) : new IPEndPoint(IPAddress.Parse("fd00::1"), 1);
                if (expiry == 0) connection.LastPacketMilliseconds -= 3_600_000;
            },
        };
        await client.ConnectAsync(expiry);
        await client.SubscribeAsync("kitchen/#");
    }

    private async Task OfflineAsync(string clientId, string? userName, uint expiry, int queued)
    {
        var client = new TestClient(Core, clientId) { UserName = userName };
        await client.ConnectAsync(expiry);
        if (queued > 0) await client.SubscribeAsync("garden/#");
        await client.DisconnectAsync();
        // To all that are subscribed by now.
        for (var i = 0; i < queued; i++) await client.PublishAsync("garden/t0", "");
    }
}
