using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Timing;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Hosting;

/// <summary>Composition of the grains' side of a silo.</summary>
public static partial class GrainsHosting
{
    /// <summary>
    /// Adds session and topic grains with their per-silo services. The caller has registered <see cref="TimeProvider"/>, <see cref="IJournalStore"/>,
    /// <see cref="LimitsOptions"/>, <see cref="TimingOptions"/>, <see cref="ShardSpace"/> and the gateway's <see cref="IConnectionRegistry"/>.
    /// </summary>
    public static ISiloBuilder AddBrokerGrains(this ISiloBuilder silo)
    {
        silo.AddGrainService<NodeService>();
        var services = silo.Services;
        services.AddSingleton<BrokerClock>();
        services.AddSingleton<BrokerCounters>();
        services.AddSingleton<RetainedTotals>();
        services.AddSingleton(static provider => new InboxLimits(
            provider.GetRequiredService<LimitsOptions>().InboxSliceEntries, provider.GetRequiredService<TimingOptions>().InboxSlice));
        services.AddSingleton(static provider =>
            new JournalWriter(provider.GetRequiredService<IJournalStore>(), WriterId.New(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IJournalTurns, JournalTurns>();
        services.AddSingleton(StartWheel);
        services.AddSingleton<ClusterView>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<ClusterView>());
        services.AddSingleton<NodeClient>();
        services.AddSingleton<PendingTokens>();
        services.AddSingleton<NodeSenders>();
        services.AddSingleton<SessionDetours>();
        services.AddSingleton<ISessionGrains, SessionGrains>();
        services.AddSingleton<LocalSessions>();
        services.AddSingleton<LocalShards>();
        services.AddSingleton<ShardDetours>();
        services.AddSingleton<NodeInbox>();
        services.AddSingleton<RemoteSessionServices>();
        services.AddSingleton<Reattacher>();
        services.AddSingleton<RemoteSessions>();
        services.AddSingleton<HeldClients>();
        services.AddSingleton<HeldRoutes>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LostSilos>();
        services.AddSingleton<IPublishRouter, PublishRouter>();
        services.AddSingleton<NodeShard>();
        services.AddSingleton<NodeRoutes>();
        services.AddSingleton<SysCollector>();
        services.AddHostedService<SysPublisher>();
        services.AddSingleton<RouteRegistrar>();
        services.AddSingleton<SessionLifetimes>();
        services.AddHostedService<SessionSweeper>();
        services.AddSingleton<IncarnationSource>();
        services.AddSingleton<StoredLoader>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<SessionGrainServices>();
        services.AddSingleton<IConfigureGrainTypeComponents, SessionGrainActivator>();
        services.AddSingleton<OpeningShards>();
        services.AddSingleton<ShardReplays>();
        services.AddSingleton<ShardServices>();
        services.AddSingleton<ISessionControl, SessionControl>();
        return silo;
    }

    private static TimingWheel StartWheel(IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<ILogger<TimingWheel>>();
        var wheel = new TimingWheel(
            provider.GetRequiredService<TimeProvider>(), lateness => LogFrozen(logger, lateness), fault => LogFault(logger, fault));
        wheel.Start();
        return wheel;
    }

    [LoggerMessage(2301, LogLevel.Warning, "The process stood still for {Lateness}; keep-alive deadlines are shifted by it")]
    private static partial void LogFrozen(ILogger logger, TimeSpan lateness);

    [LoggerMessage(2302, LogLevel.Error, "A deadline's work failed")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
