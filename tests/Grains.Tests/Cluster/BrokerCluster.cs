using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Silos in this process with one store; each has a faked gateway.</summary>
internal sealed class BrokerCluster : IAsyncDisposable
{
    public const int Shards = 8;

    private readonly InProcessTestCluster _cluster;

    private BrokerCluster(InProcessTestCluster cluster)
    {
        _cluster = cluster;
        Nodes = [.. cluster.Silos.Select(static silo => new BrokerNode(silo))];
    }

    public IReadOnlyList<BrokerNode> Nodes { get; }

    public BrokerNode Node => Nodes[0];

    public ShardSpace Space { get; } = new(Shards, 2);

    public static async Task<BrokerCluster> StartAsync(
        short silos = 1, IJournalStore? store = null, TimingOptions? timing = null, LimitsOptions? limits = null)
    {
        var shared = store ?? new MemoryJournalStore();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.AssumeHomogenousSilosForTesting = false;
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton(shared);
            silo.Services.AddSingleton(limits ?? new LimitsOptions());
            silo.Services.AddSingleton(timing ?? new TimingOptions());
            silo.Services.AddSingleton(new ShardSpace(Shards, 2));
            silo.Services.AddSingleton<IConnectionRegistry, FakeRegistry>();
            silo.AddBrokerGrains();
            if (silos < 3) return;
            silo.Services.AddSingleton<DeadSilo>();
            silo.Services.AddSingleton<IOutgoingGrainCallFilter>(static provider => provider.GetRequiredService<DeadSilo>());
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        // Until every silo knows what the others host, it places everything on itself.
        await EventuallyAsync(() => cluster.Silos.All(
            silo => silo.ServiceProvider.GetRequiredService<IClusterManifestProvider>().Current.Silos.Count == silos));
        return new BrokerCluster(cluster);
    }

    public Task OpenShardsAsync() => EachShardAsync(static shard => shard.OpenAsync());

    /// <summary>Puts routes of a session that knows nothing of them into every shard.</summary>
    public Task AddRoutesAsync(string clientId, string filter) => EachShardAsync(shard => shard.RegisterAsync(
        [new RouteRecord(clientId, filter, Incarnation: 1, Version: 1, QoS: 1, NoLocal: false, RetainAsPublished: false, 0, IsDurable: true, SendRetained: false, null)]));

    /// <summary>For what tells nobody when it is done.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TestClient.Patience);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
    }

    /// <summary>Makes the activation of a session go; returns when it is gone.</summary>
    public Task DeactivateAsync(string clientId) => DeactivateAsync(Session(clientId));

    /// <summary>Makes the activation of a topic's shard go; returns when it is gone.</summary>
    public Task DeactivateShardAsync(string topic) => DeactivateAsync(Node.Grains.GetGrain<ITopicGrain>(Space.OfTopic(System.Text.Encoding.UTF8.GetBytes(topic))));

    /// <summary>The silo dies without a word; returns when every other one knows.</summary>
    public async Task KillAsync(BrokerNode node)
    {
        await node.KillAsync(_cluster);
        await EventuallyAsync(() => Nodes.Where(other => other != node).All(other => other.Cluster.IsDead(node.Address)));
    }

    /// <summary>Returns when the session's activation is gone.</summary>
    public Task WaitForDeactivationAsync(string clientId) => _cluster.WaitForDeactivationAsync(Session(clientId)).WaitAsync(TestClient.Patience);

    public bool IsActive(string clientId) => _cluster.TryGetGrainContext(Session(clientId).GetGrainId(), out _);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    private Task EachShardAsync(Func<ITopicGrain, ValueTask> call) =>
        Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => call(Node.Grains.GetGrain<ITopicGrain>(shard)).AsTask())).WaitAsync(TestClient.Patience);

    private Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain).WaitAsync(TestClient.Patience);

    private ISessionGrain Session(string clientId) => Node.Grains.GetGrain<ISessionGrain>(new SessionKey(clientId).ToGrainKey());
}
