using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Two silos with one store and a gateway each.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    private readonly MemoryJournalStore _store = new();

    internal BrokerCluster Cluster { get; private set; } = null!;

    internal BrokerNode First => Cluster.Nodes[0];

    internal BrokerNode Second => Cluster.Nodes[1];

    public async ValueTask InitializeAsync()
    {
        Cluster = await BrokerCluster.StartAsync(silos: 2, store: _store);
        await Cluster.OpenShardsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await _store.DisposeAsync();
    }
}
