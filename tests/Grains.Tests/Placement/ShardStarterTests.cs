using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Grains.Tests.Cluster;

namespace OrleansBroker.Grains.Tests.Placement;

/// <summary>A node opens the shards when it starts, and its own after others have died, although the store or the way to a shard fails at first.</summary>
public sealed class ShardStarterTests : IAsyncDisposable
{
    private const string Shard = "shard";
    private const int Tries = 5;

    private readonly FaultyStore _store = new();
    private readonly FakeTimeProvider _time = new();

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Start_ShardsCannotBeOpenedAtFirst_ReturnsWhenAllAreOpen()
    {
        await using var cluster = await BrokerCluster.StartAsync(silos: 2, _store);
        _store.RefusedKind = Shard;
        using var starter = cluster.Node.NewShardStarter(_time);
        var starting = starter.StartAsync(CancellationToken.None);
        await PassUntilAsync(() => _store.RefusedOpenings > BrokerCluster.Shards);
        Assert.False(starting.IsCompleted);

        _store.RefusedKind = null;

        await PassUntilAsync(() => starting.IsCompleted);
        await starting;
        Assert.Equal(BrokerCluster.Shards, cluster.Nodes.Sum(static node => OpenAt(node).Count));
        await starter.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Start_ShardsCannotBeOpened_FailsAfterSomeTries()
    {
        await using var cluster = await BrokerCluster.StartAsync(silos: 2, _store);
        _store.RefusedKind = Shard;
        using var starter = cluster.Node.NewShardStarter(_time);
        var starting = starter.StartAsync(CancellationToken.None);

        await PassUntilAsync(() => starting.IsCompleted);

        await Assert.ThrowsAnyAsync<Exception>(() => starting);
        Assert.Equal(Tries * BrokerCluster.Shards, _store.RefusedOpenings);
        await starter.StopAsync(CancellationToken.None);
    }

    /// <summary>Nothing is on its way between others: what fails now would fail again.</summary>
    [Fact]
    public async Task Start_NodeIsAlone_FailsAtOnce()
    {
        await using var cluster = await BrokerCluster.StartAsync(silos: 1, _store);
        _store.RefusedKind = Shard;
        using var starter = cluster.Node.NewShardStarter(_time);

        await Assert.ThrowsAnyAsync<Exception>(() => starter.StartAsync(CancellationToken.None).Soon());

        Assert.Equal(BrokerCluster.Shards, _store.RefusedOpenings);
        await starter.StopAsync(CancellationToken.None);
    }

    /// <summary>Killed in this process it stops first, and its shards are open there until it does.</summary>
    [Fact]
    public async Task SiloDies_ItsShardsCannotBeOpenedAtFirst_TheyOpenWhenTheStoreAnswers()
    {
        await using var cluster = await BrokerCluster.StartAsync(silos: 2, _store, services: static (_, services) => services.AddShardStarter());
        // The first that started has them all, mostly.
        var dying = cluster.Nodes.MaxBy(static node => OpenAt(node).Count)!;
        var survivor = cluster.Nodes.Single(node => node != dying);
        var lost = OpenAt(dying);
        Assert.NotEmpty(lost);

        _store.RefusedKind = Shard;
        await cluster.KillAsync(dying);
        // More than once each.
        await BrokerCluster.EventuallyAsync(() => _store.RefusedOpenings > 2 * lost.Count);
        Assert.Empty(OpenAt(survivor).Intersect(lost));
        _store.RefusedKind = null;

        await BrokerCluster.EventuallyAsync(() => !lost.Except(OpenAt(survivor)).Any());
    }

    private static List<int> OpenAt(BrokerNode node) => [.. Enumerable.Range(0, BrokerCluster.Shards).Where(shard => node.Shards.Find(shard) is not null)];

    /// <summary>Time goes on meanwhile: when a try begins to wait for the next, nobody says.</summary>
    private Task PassUntilAsync(Func<bool> condition) => BrokerCluster.EventuallyAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return false;
    });
}
