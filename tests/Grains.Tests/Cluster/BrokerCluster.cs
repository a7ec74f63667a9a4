using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Placement;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Silos in this process with one store; each has a faked gateway.</summary>
internal sealed class BrokerCluster : IAsyncDisposable
{
    /// <summary>So many that each of two silos has some: that one has none happens once in 30,000 times.</summary>
    public const int Shards = 16;

    private readonly InProcessTestCluster _cluster;

    private BrokerCluster(InProcessTestCluster cluster)
    {
        _cluster = cluster;
        Nodes = [.. cluster.Silos.OrderBy(static silo => NumberOf(silo.Name)).Select(static silo => new BrokerNode(silo))];
    }

    public IReadOnlyList<BrokerNode> Nodes { get; private set; }

    public BrokerNode Node => Nodes[0];

    public ShardSpace Space { get; } = new(Shards, 2);

    public static async Task<BrokerCluster> StartAsync(
        short silos = 1, IJournalStore? store = null, TimingOptions? timing = null, LimitsOptions? limits = null, Func<int, NodeRoles>? roles = null, bool hasLeases = false,
        Action<int, IServiceCollection>? services = null)
    {
        var shared = store ?? new MemoryJournalStore();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.AssumeHomogenousSilosForTesting = false;
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton(shared);
            silo.Services.AddSingleton(limits ?? new LimitsOptions());
            silo.Services.AddSingleton(timing ?? new TimingOptions());
            silo.Services.AddSingleton(new ShardSpace(Shards, 2));
            silo.Services.AddSingleton<IConnectionRegistry, FakeRegistry>();
            silo.AddBrokerGrains(roles?.Invoke(NumberOf(options.SiloName)) ?? NodeRoles.Gateway | NodeRoles.Core);
            if (hasLeases) silo.AddSiloLease();
            services?.Invoke(NumberOf(options.SiloName), silo.Services);
            if (silos < 3) return;
            silo.Services.AddSingleton<DeadSilo>();
            silo.Services.AddSingleton<IOutgoingGrainCallFilter>(static provider => provider.GetRequiredService<DeadSilo>());
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var started = new BrokerCluster(cluster);
        await started.WaitForEachOtherAsync();
        return started;
    }

    /// <summary>The silo dies without a word; returns when every other one knows.</summary>
    public async Task KillAsync(BrokerNode node)
    {
        await node.KillAsync(_cluster);
        Nodes = [.. Nodes.Where(other => other != node)];
        await EventuallyAsync(() => Nodes.All(other => other.View.IsDead(node.Address)));
    }

    public async Task<BrokerNode> AddAsync()
    {
        var node = new BrokerNode(await _cluster.StartAdditionalSiloAsync());
        Nodes = [.. Nodes, node];
        await WaitForEachOtherAsync();
        return node;
    }

    /// <summary>Until every silo knows of all others what they host.</summary>
    public Task WaitForEachOtherAsync() => EventuallyAsync(() => Nodes.All(node =>
        node.View.Active.Length == Nodes.Count && Nodes.All(other => node.View.Cores.Contains(other.Address) || node.View.Gateways.Contains(other.Address)) && HasItsMap(node)));

    /// <summary>The map follows the view a moment later.</summary>
    public static bool HasItsMap(BrokerNode node) => Enumerable.Range(0, Shards).All(shard => Equals(node.Map.OwnerOf(shard), ShardMap.Choose(shard, node.View.Cores)));

    public Task OpenShardsAsync() => EachShardAsync(static async shard => _ = await shard.OpenAsync());

    /// <summary>As the program stops.</summary>
    public async Task StopAsync(BrokerNode node)
    {
        await _cluster.StopSiloAsync(node.Silo).WaitAsync(TestClient.Patience);
        Nodes = [.. Nodes.Where(other => other != node)];
    }

    /// <summary>Puts routes of a session that knows nothing of them into every shard.</summary>
    public Task AddRoutesAsync(string clientId, string filter) => EachShardAsync(async shard => await shard.RegisterAsync(
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

    /// <summary>Makes a topic's shard go on at another node; returns when it is there.</summary>
    public async Task MoveShardAsync(string topic, BrokerNode to)
    {
        var shard = Space.OfTopic(System.Text.Encoding.UTF8.GetBytes(topic));
        await to.Grains.GetGrain<ITopicGrain>(shard).MoveAsync(to.Address).AsTask().WaitAsync(TestClient.Patience);
        await EventuallyAsync(() => to.Shards.Find(shard) is not null);
    }

    /// <summary>Returns when the session's activation is gone.</summary>
    public Task WaitForDeactivationAsync(string clientId) => _cluster.WaitForDeactivationAsync(Session(clientId)).WaitAsync(TestClient.Patience);

    public bool IsActive(string clientId) => _cluster.TryGetGrainContext(Session(clientId).GetGrainId(), out _);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>The testing host calls them Silo_0, Silo_1 and so on.</summary>
    private static int NumberOf(string siloName) => int.Parse(siloName["Silo_".Length..], CultureInfo.InvariantCulture);

    private Task EachShardAsync(Func<ITopicGrain, ValueTask> call) =>
        Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => call(Node.Grains.GetGrain<ITopicGrain>(shard)).AsTask())).WaitAsync(TestClient.Patience);

    private Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain).WaitAsync(TestClient.Patience);

    private ISessionGrain Session(string clientId) => Node.Grains.GetGrain<ISessionGrain>(new SessionKey(clientId).ToGrainKey());
}
