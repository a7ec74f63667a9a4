using OrleansBroker.Grains.Nodes;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Two silos with one store and a gateway each, and a third that is a gateway alone.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    private readonly MemoryJournalStore _store = new();

    internal BrokerCluster Cluster { get; private set; } = null!;

    internal BrokerNode First => Cluster.Nodes[0];

    internal BrokerNode Second => Cluster.Nodes[1];

    internal BrokerNode Gateway => Cluster.Nodes[2];

    public async ValueTask InitializeAsync()
    {
        Cluster = await BrokerCluster.StartAsync(silos: 3, store: _store, roles: static silo => silo == 2 ? NodeRoles.Gateway : NodeRoles.Gateway | NodeRoles.Core);
        await Cluster.OpenShardsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await _store.DisposeAsync();
    }
}
