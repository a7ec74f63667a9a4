using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>One silo with its gateway's side faked.</summary>
internal sealed class BrokerNode(InProcessSiloHandle silo)
{
    public SiloAddress Address { get; } = silo.SiloAddress;

    public ClusterView Cluster { get; } = silo.ServiceProvider.GetRequiredService<ClusterView>();

    public RemoteSessions Remote { get; } = silo.ServiceProvider.GetRequiredService<RemoteSessions>();

    public FakeRegistry Registry { get; } = (FakeRegistry)silo.ServiceProvider.GetRequiredService<IConnectionRegistry>();

    public ISessionControl Control { get; } = silo.ServiceProvider.GetRequiredService<ISessionControl>();

    public IPublishRouter Router { get; } = silo.ServiceProvider.GetRequiredService<IPublishRouter>();

    public LocalSessions Sessions { get; } = silo.ServiceProvider.GetRequiredService<LocalSessions>();

    public LocalShards Shards { get; } = silo.ServiceProvider.GetRequiredService<LocalShards>();

    public NodeShard SysTopics { get; } = silo.ServiceProvider.GetRequiredService<NodeShard>();

    public RetainedTotals Retained { get; } = silo.ServiceProvider.GetRequiredService<RetainedTotals>();

    public PendingTokens Tokens { get; } = silo.ServiceProvider.GetRequiredService<PendingTokens>();

    public BrokerCounters Counters { get; } = silo.ServiceProvider.GetRequiredService<BrokerCounters>();

    public IGrainFactory Grains { get; } = silo.ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>One more, that the silo knows nothing of.</summary>
    public SysPublisher NewSysPublisher() => ActivatorUtilities.CreateInstance<SysPublisher>(silo.ServiceProvider);

    /// <summary>No connection is handed over from here until the task completes.</summary>
    public void HoldBackReattaching(Task until) => silo.ServiceProvider.GetRequiredService<DeadSilo>().MayReattach = until;

    public Task KillAsync(InProcessTestCluster cluster)
    {
        silo.ServiceProvider.GetRequiredService<DeadSilo>().Die();
        return cluster.KillSiloAsync(silo);
    }

    public TestClient Client(string clientId) => new(this, clientId);
}
