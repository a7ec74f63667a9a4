using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Cores that come and go, seen from everywhere.</summary>
public sealed class CoresChangeTests : IAsyncLifetime
{
    private BrokerCluster _cluster = null!;

    public async ValueTask InitializeAsync() =>
        _cluster = await BrokerCluster.StartAsync(silos: 3, roles: static silo => silo == 0 ? NodeRoles.Gateway : NodeRoles.Core);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task CoreDies_EveryMapIsWithoutIt_AndItsShardsOpenElsewhere()
    {
        await _cluster.OpenShardsAsync();
        var dead = _cluster.Nodes[1];
        var survivor = _cluster.Nodes[2];
        var told = 0;
        survivor.Map.Changed += () => Interlocked.Increment(ref told);

        await _cluster.KillAsync(dead);

        await BrokerCluster.EventuallyAsync(() => _cluster.Nodes.All(node => node.View.Cores.SequenceEqual([survivor.Address]) && BrokerCluster.HasItsMap(node)) && Volatile.Read(ref told) > 0);
        Assert.All(_cluster.Nodes, node => Assert.All(Enumerable.Range(0, BrokerCluster.Shards), shard => Assert.Equal(survivor.Address, node.Map.OwnerOf(shard))));
        Assert.Equal(1, told);
        await _cluster.OpenShardsAsync();
        Assert.All(Enumerable.Range(0, BrokerCluster.Shards), shard => Assert.NotNull(survivor.Shards.Find(shard)));
    }

    [Fact]
    public async Task CoreComes_EveryMapHasIt()
    {
        var told = 0;
        _cluster.Node.Map.Changed += () => Interlocked.Increment(ref told);

        var added = await _cluster.AddAsync();

        Assert.All(_cluster.Nodes, node => Assert.Contains(added.Address, node.View.Cores));
        Assert.All(_cluster.Nodes, node => Assert.Equal(OwnersOf(_cluster.Node), OwnersOf(node)));
        Assert.Equal(OwnersOf(added).Any(added.Address.Equals), told > 0);
    }

    private static SiloAddress?[] OwnersOf(BrokerNode node) => [.. Enumerable.Range(0, BrokerCluster.Shards).Select(node.Map.OwnerOf)];
}
