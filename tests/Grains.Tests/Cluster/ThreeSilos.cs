using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A node that is a gateway alone, a silo that is to die, and another one; a cluster for each test.</summary>
internal sealed class ThreeSilos : IAsyncDisposable
{
    private readonly MemoryJournalStore _store = new(BrokerCluster.Shards);

    public BrokerCluster Cluster { get; private set; } = null!;

    /// <summary>Has the client's connection.</summary>
    public BrokerNode Gateway { get; private set; } = null!;

    /// <summary>Has the client's session.</summary>
    public BrokerNode Core { get; private set; } = null!;

    public BrokerNode Other { get; private set; } = null!;

    public static async Task<ThreeSilos> StartAsync(LimitsOptions? limits = null)
    {
        var silos = new ThreeSilos();
        silos.Cluster = await BrokerCluster.StartAsync(silos: 3, store: silos._store, limits: limits, roles: static silo => silo == 0 ? NodeRoles.Gateway : NodeRoles.Gateway | NodeRoles.Core);
        (silos.Gateway, silos.Core, silos.Other) = (silos.Cluster.Nodes[0], silos.Cluster.Nodes[1], silos.Cluster.Nodes[2]);
        await silos.Cluster.OpenShardsAsync();
        return silos;
    }

    /// <summary>A client of the gateway whose session is on the core silo, because it began there.</summary>
    public async Task<TestClient> ConnectAsync(
        string clientId, uint expiry = 0, Action<FakeConnection>? prepare = null, WillMessage? will = null, ushort receiveMaximum = 100)
    {
        var first = Core.Client(clientId);
        await first.ConnectAsync(expiry);
        var client = Gateway.Client(clientId);
        client.Prepare = prepare;
        await client.ConnectAsync(expiry, will: will, receiveMaximum: receiveMaximum);
        Assert.NotNull(Core.Sessions.Find(clientId));
        return client;
    }

    /// <summary>The core silo dies, and the client's session is on another one.</summary>
    public async Task KillCoreAsync(params string[] clientIds)
    {
        await Cluster.KillAsync(Core);
        foreach (var clientId in clientIds) await ReattachedAsync(clientId);
    }

    public Task ReattachedAsync(string clientId) => BrokerCluster.EventuallyAsync(
        () => Gateway.Remote.All.Any(session => session.ClientId == clientId && session.Silo is { } silo && !silo.Equals(Core.Address)));

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await _store.DisposeAsync();
    }
}
