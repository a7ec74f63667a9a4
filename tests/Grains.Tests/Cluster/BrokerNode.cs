using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Placement;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Grains.Sessions.Listing;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>One silo with its gateway's side faked.</summary>
internal sealed class BrokerNode(InProcessSiloHandle silo)
{
    public InProcessSiloHandle Silo => silo;

    public SiloAddress Address => silo.SiloAddress;

    public RemoteSessions Remote { get; } = silo.ServiceProvider.GetRequiredService<RemoteSessions>();

    public ClusterView View { get; } = silo.ServiceProvider.GetRequiredService<ClusterView>();

    public IClusterContact Contact { get; } = silo.ServiceProvider.GetRequiredService<IClusterContact>();

    public NodeSenders Senders { get; } = silo.ServiceProvider.GetRequiredService<NodeSenders>();

    public ShardMap Map { get; } = silo.ServiceProvider.GetRequiredService<ShardMap>();

    public FakeRegistry Registry { get; } = (FakeRegistry)silo.ServiceProvider.GetRequiredService<IConnectionRegistry>();

    public ISessionControl Control { get; } = silo.ServiceProvider.GetRequiredService<ISessionControl>();

    public ISessionCommands Commands { get; } = silo.ServiceProvider.GetRequiredService<ISessionCommands>();

    public IPresenceFeeds Feeds { get; } = silo.ServiceProvider.GetRequiredService<IPresenceFeeds>();

    public PresenceRing Presence { get; } = silo.ServiceProvider.GetRequiredService<PresenceRing>();

    public IPublishRouter Router { get; } = silo.ServiceProvider.GetRequiredService<IPublishRouter>();

    public IMessagePublisher Publisher { get; } = silo.ServiceProvider.GetRequiredService<IMessagePublisher>();

    public IRetainedMessages RetainedMessages { get; } = silo.ServiceProvider.GetRequiredService<IRetainedMessages>();

    public ISubscriptionDirectory Subscriptions { get; } = silo.ServiceProvider.GetRequiredService<ISubscriptionDirectory>();

    public LocalSessions Sessions { get; } = silo.ServiceProvider.GetRequiredService<LocalSessions>();

    public LocalShards Shards { get; } = silo.ServiceProvider.GetRequiredService<LocalShards>();

    public HeldRoutes HeldRoutes { get; } = silo.ServiceProvider.GetRequiredService<HeldRoutes>();

    public NodeShard SysTopics { get; } = silo.ServiceProvider.GetRequiredService<NodeShard>();

    public RetainedTotals Retained { get; } = silo.ServiceProvider.GetRequiredService<RetainedTotals>();

    public Outstanding Outstanding { get; } = silo.ServiceProvider.GetRequiredService<Outstanding>();

    public ISessionDirectory Directory { get; } = silo.ServiceProvider.GetRequiredService<ISessionDirectory>();

    public SessionNames Names { get; } = silo.ServiceProvider.GetRequiredService<SessionNames>();

    public BrokerCounters Counters { get; } = silo.ServiceProvider.GetRequiredService<BrokerCounters>();

    /// <summary>Null unless the cluster was started with leases.</summary>
    public SiloLease? Lease { get; } = silo.ServiceProvider.GetService<SiloLease>();

    public WriterId Writer { get; } = silo.ServiceProvider.GetRequiredService<JournalWriter>().Id;

    public IGrainFactory Grains { get; } = silo.ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>What this silo asks another one about its sessions gets no answer.</summary>
    public void GetsNoAnswersOf(BrokerNode? other) => silo.ServiceProvider.GetRequiredService<DeadSilo>().Silent = other?.Address;

    /// <summary>No call of this silo reaches another one from here on.</summary>
    public void CutOff() => silo.ServiceProvider.GetRequiredService<DeadSilo>().Die();

    /// <summary>One more, that the silo knows nothing of.</summary>
    public SysPublisher NewSysPublisher() => ActivatorUtilities.CreateInstance<SysPublisher>(silo.ServiceProvider);

    /// <summary>The shard is opened here although its grain is elsewhere, as when that silo is dead to everybody but itself.</summary>
    public async Task<ShardMonitor> OpenShardAsync(int shard, Action<Exception?> lost)
    {
        var monitor = new ShardMonitor(shard, silo.ServiceProvider.GetRequiredService<ShardServices>(), lost);
        await silo.ServiceProvider.GetRequiredService<ShardReplays>().OpenAsync(monitor, CancellationToken.None).WaitAsync(TestClient.Patience);
        Shards.Open(monitor);
        return monitor;
    }

    /// <summary>No connection is handed over from here until the task completes.</summary>
    public void HoldBackReattaching(Task until) => silo.ServiceProvider.GetRequiredService<DeadSilo>().MayReattach = until;

    /// <summary>Deliveries of its shards to sessions on other silos do not leave it, until they are released.</summary>
    public void HoldDeliveries() => silo.ServiceProvider.GetRequiredService<DeadSilo>().HoldLanes(LaneKind.Session);

    /// <inheritdoc cref="DeadSilo.Registrations"/>
    public int Registrations => silo.ServiceProvider.GetRequiredService<DeadSilo>().Registrations;

    public void ReleaseDeliveries() => silo.ServiceProvider.GetRequiredService<DeadSilo>().ReleaseLanes();

    /// <summary>The sessions whose connections were handed over from here, in order, those that were tried again as often.</summary>
    public IReadOnlyCollection<string> Reattached => silo.ServiceProvider.GetRequiredService<DeadSilo>().Reattached;

    public Task KillAsync(InProcessTestCluster cluster)
    {
        silo.ServiceProvider.GetService<DeadSilo>()?.Die();
        return cluster.KillSiloAsync(silo);
    }

    public TestClient Client(string clientId) => new(this, clientId);
}
