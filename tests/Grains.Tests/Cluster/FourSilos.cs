using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A silo for a shard, two for sessions and one that the shard may go to; each test uses topics and client ids of its own.</summary>
public sealed class FourSilos : IAsyncLifetime
{
    private readonly MemoryJournalStore _store = new();

    internal BrokerCluster Cluster { get; private set; } = null!;

    /// <summary>Of the shard at first.</summary>
    internal BrokerNode First => Cluster.Nodes[0];

    internal BrokerNode Second => Cluster.Nodes[1];

    internal BrokerNode Third => Cluster.Nodes[2];

    internal BrokerNode Last => Cluster.Nodes[3];

    public async ValueTask InitializeAsync()
    {
        Cluster = await BrokerCluster.StartAsync(silos: 4, store: _store);
        await Cluster.OpenShardsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await _store.DisposeAsync();
    }
}
