using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>One silo for the tests that need nothing special of it; each uses topics and client ids of its own.</summary>
public sealed class OneSilo : IAsyncLifetime
{
    internal MemoryJournalStore Store { get; } = new();

    internal BrokerCluster Cluster { get; private set; } = null!;

    internal BrokerNode Node => Cluster.Node;

    public async ValueTask InitializeAsync() => Cluster = await BrokerCluster.StartAsync(store: Store);

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await Store.DisposeAsync();
    }
}
