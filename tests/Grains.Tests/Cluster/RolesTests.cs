using Orleans.Runtime.Placement;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Silos of one role each: sessions and shards are on cores alone, whoever calls them.</summary>
public sealed class RolesTests : IAsyncLifetime
{
    private const int Sessions = 300;

    private BrokerCluster _cluster = null!;

    private IEnumerable<BrokerNode> Gateways => _cluster.Nodes.Take(2);

    private IEnumerable<BrokerNode> Cores => _cluster.Nodes.Skip(2);

    public async ValueTask InitializeAsync() =>
        _cluster = await BrokerCluster.StartAsync(silos: 4, roles: static silo => silo < 2 ? NodeRoles.Gateway : NodeRoles.Core);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public void View_OfEveryNode_KnowsTheRolesOfAll() => Assert.All(_cluster.Nodes, node =>
    {
        Assert.Equal(Gateways.Select(static gateway => gateway.Address).Order(), node.View.Gateways);
        Assert.Equal(Cores.Select(static core => core.Address).Order(), node.View.Cores);
        Assert.Equal(_cluster.Nodes.Select(static any => any.Address).Order(), node.View.Active);
    });

    [Fact]
    public void Map_OfEveryNode_IsTheSame() => Assert.All(_cluster.Nodes, node => Assert.Equal(OwnersOf(_cluster.Node), OwnersOf(node)));

    [Fact]
    public async Task Shards_CalledFromAGateway_AreWhereTheyBelong()
    {
        // The first node is a gateway.
        await _cluster.OpenShardsAsync();

        Assert.All(Enumerable.Range(0, BrokerCluster.Shards), shard => Assert.All(
            _cluster.Nodes, node => Assert.Equal(node.Address.Equals(_cluster.Node.Map.OwnerOf(shard)), node.Shards.Find(shard) is not null)));
    }

    [Fact]
    public async Task Sessions_OfClientsOfGateways_AreOnCores()
    {
        foreach (var i in Enumerable.Range(0, Sessions)) await _cluster.Nodes[i % 2].Client($"s{i}").ConnectAsync(TestClient.Durable);

        Assert.All(Enumerable.Range(0, Sessions), i => Assert.Single(Cores, core => core.Sessions.Find($"s{i}") is not null));
        Assert.All(Cores, static core => Assert.InRange(core.Sessions.Open.Count(), Sessions / 4, Sessions));
        Assert.All(Gateways, static gateway => Assert.Empty(gateway.Sessions.Open));
    }

    [Fact]
    public async Task Session_OfAClientOfACore_IsOnThatCore()
    {
        foreach (var core in Cores)
        {
            for (var i = 0; i < 20; i++)
            {
                await core.Client($"own{i}{core.Address}").ConnectAsync();
                Assert.NotNull(core.Sessions.Find($"own{i}{core.Address}"));
            }
        }
    }

    [Fact]
    public async Task Placement_Hint_IsFollowed()
    {
        foreach (var core in Cores)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, core.Address);
            var misplaced = Enumerable.Range(0, BrokerCluster.Shards).First(shard => !core.Address.Equals(core.Map.OwnerOf(shard)));
            await _cluster.Node.Grains.GetGrain<ITopicGrain>(misplaced).OpenAsync();
            for (var i = 0; i < 5; i++) await _cluster.Node.Client($"hint{i}{core.Address}").ConnectAsync();
            RequestContext.Clear();

            Assert.NotNull(core.Shards.Find(misplaced));
            Assert.All(Enumerable.Range(0, 5), i => Assert.NotNull(core.Sessions.Find($"hint{i}{core.Address}")));
        }
    }

    private static SiloAddress?[] OwnersOf(BrokerNode node) => [.. Enumerable.Range(0, BrokerCluster.Shards).Select(node.Map.OwnerOf)];
}
