using Microsoft.Extensions.DependencyInjection;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A core that is stopped, and one that comes: sessions and shards go where they belong, and their clients, on a gateway, notice nothing (invariant H5).</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private const int Clients = 40;
    private const int Rounds = 20;

    private BrokerCluster _cluster = null!;

    private BrokerNode Gateway => _cluster.Nodes[0];

    public async ValueTask InitializeAsync() => _cluster = await BrokerCluster.StartAsync(
        silos: 3, roles: static silo => silo == 0 ? NodeRoles.Gateway : NodeRoles.Core, services: static (silo, services) =>
        {
            if (silo == 0) return;
            services.AddMovers();
            services.AddSingleton<LeftAtStop>();
            services.AddHostedService(static provider => provider.GetRequiredService<LeftAtStop>());
        });

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task CoreStops_SessionsAndShardsGoOnElsewhere(uint expiry)
    {
        var (stopping, staying) = (_cluster.Nodes[1], _cluster.Nodes[2]);
        var clients = await ConnectAsync(expiry);
        Assert.Contains(clients, client => stopping.Sessions.Find(client.ClientId) is not null);
        Assert.Contains(Enumerable.Range(0, BrokerCluster.Shards), shard => stopping.Shards.Find(shard) is not null);
        var left = stopping.Silo.ServiceProvider.GetRequiredService<LeftAtStop>();
        var publishing = PublishAsync();

        await _cluster.StopAsync(stopping);

        Assert.Equal((0, 0), left.Seen);
        await publishing;
        await AssertReceivedAsync(clients);
        Assert.All(clients, client => Assert.NotNull(staying.Sessions.Find(client.ClientId)));
    }

    [Fact]
    public async Task CoreComes_GetsItsShareAndOrderIsKept()
    {
        var clients = await ConnectAsync(TestClient.Durable);
        var publishing = PublishAsync();

        var added = await _cluster.AddAsync();

        await publishing;
        await BrokerCluster.EventuallyAsync(() => clients.Exists(client => added.Sessions.Find(client.ClientId) is not null));
        await BrokerCluster.EventuallyAsync(() => Enumerable.Range(0, BrokerCluster.Shards).All(shard => !added.Address.Equals(added.Map.OwnerOf(shard)) || added.Shards.Find(shard) is not null));
        await AssertReceivedAsync(clients);
    }

    [Fact]
    public async Task CoreDrains_NothingNewIsPlacedOnIt()
    {
        var draining = _cluster.Nodes[1];
        foreach (var node in _cluster.Nodes) node.View.Drains(draining.Address);
        await BrokerCluster.EventuallyAsync(() => _cluster.Nodes.All(node => !node.View.Cores.Contains(draining.Address)));

        var clients = await ConnectAsync(expiry: 0);

        Assert.True(draining.View.IsDraining);
        Assert.All(_cluster.Nodes, node => Assert.Contains(draining.Address, node.View.Active));
        Assert.All(clients, client => Assert.Null(draining.Sessions.Find(client.ClientId)));
        Assert.All(Enumerable.Range(0, BrokerCluster.Shards), shard => Assert.Null(draining.Shards.Find(shard)));
    }

    [Fact]
    public async Task AllCoresDrain_TheyAreUsedAllTheSame()
    {
        foreach (var core in _cluster.Nodes.Skip(1)) Gateway.View.Drains(core.Address);

        Assert.Equal(ReasonCode.Success, await Gateway.Client("late").TryConnectAsync());
        Assert.Equal(2, Gateway.View.Cores.Length);
    }

    [Fact]
    public async Task GatewayDrains_IsNoOtherGatewayForAnybody()
    {
        Assert.True(_cluster.Nodes[1].Contact.HasOtherGateway);
        Assert.False(Gateway.Contact.HasOtherGateway);

        _cluster.Nodes[1].View.Drains(Gateway.Address);

        await BrokerCluster.EventuallyAsync(() => !_cluster.Nodes[1].Contact.HasOtherGateway);
    }

    [Fact]
    public async Task Contact_OthersAnswer_IsInTouchUntilTheyDoNot()
    {
        await BrokerCluster.EventuallyAsync(() => AskedInTouch(Gateway));

        foreach (var node in _cluster.Nodes) node.CutOff();

        await BrokerCluster.EventuallyAsync(() => !AskedInTouch(Gateway));
    }

    private static bool AskedInTouch(BrokerNode node)
    {
        node.Contact.Ask();
        return node.Contact.IsInTouch;
    }

    private async Task<List<TestClient>> ConnectAsync(uint expiry)
    {
        await _cluster.OpenShardsAsync();
        var clients = Enumerable.Range(0, Clients).Select(number => Gateway.Client($"drain{number}")).ToList();
        foreach (var client in clients)
        {
            await client.ConnectAsync(expiry);
            await client.SubscribeAsync("drain/#");
        }

        return clients;
    }

    /// <summary>Topics of all shards.</summary>
    private async Task PublishAsync()
    {
        var publisher = Gateway.Client("drain-p");
        for (var round = 0; round < Rounds; round++)
        {
            for (var topic = 0; topic < BrokerCluster.Shards; topic++) Assert.NotEqual(ReasonCode.NoMatchingSubscribers, await publisher.PublishAsync($"drain/{topic}/t", $"{topic} {round}"));
        }
    }

    private static async Task AssertReceivedAsync(List<TestClient> clients)
    {
        foreach (var client in clients)
        {
            var next = new int[BrokerCluster.Shards];
            while (next.Any(static round => round < Rounds))
            {
                // Anything else, above all a close, is not what comes.
                var (topic, round) = Split(await client.NextPayloadAsync());
                Assert.Equal(next[topic], round);
                next[topic]++;
            }
        }
    }

    private static (int Topic, int Round) Split(string payload)
    {
        var parts = payload.Split(' ');
        return (int.Parse(parts[0]), int.Parse(parts[1]));
    }
}
