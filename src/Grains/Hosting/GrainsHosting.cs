using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Metadata;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Nodes.Queries;
using OrleansBroker.Grains.Placement;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Grains.Sessions.Jobs;
using OrleansBroker.Grains.Sessions.Listing;
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
    /// <param name="roles">Without <see cref="NodeRoles.Core"/> the silo hosts neither sessions nor shards, and does nothing for them by itself.</param>
    public static ISiloBuilder AddBrokerGrains(this ISiloBuilder silo, NodeRoles roles = NodeRoles.Gateway | NodeRoles.Core)
    {
        silo.AddGrainService<NodeService>();
        silo.AddGrainService<NodeQueries>();
        var services = silo.Services;
        services.AddSingleton<IGrainPropertiesProvider>(new RolesProperty(roles, ItemFormats.Own));
        silo.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
        silo.AddPlacementDirector<SessionPlacement, SessionPlacementDirector>();
        services.AddSingleton<ShardMap>();
        services.AddSingleton<SessionMap>();
        if (roles.HasFlag(NodeRoles.Core)) services.AddHostedService<SessionSweeper>();
        else services.Configure<GrainTypeOptions>(static types => types.Classes.ExceptWith([typeof(SessionGrain), typeof(TopicGrain)]));
        services.AddSingleton<BrokerClock>();
        services.AddSingleton<BrokerCounters>();
        services.TryAddSingleton<BrokerMeter>();
        services.AddSingleton<CounterInstruments>();
        services.AddSingleton<JournalInstruments>();
        services.AddHostedService<NodeInstruments>();
        services.AddSingleton<RetainedTotals>();
        services.AddSingleton(static provider => new InboxLimits(
            provider.GetRequiredService<LimitsOptions>().InboxSliceEntries, provider.GetRequiredService<TimingOptions>().InboxSlice));
        services.AddSingleton(NewWriter);
        services.AddSingleton<StoreWatch>();
        services.AddSingleton<IStoreContact>(static provider => provider.GetRequiredService<StoreWatch>());
        services.AddHostedService(static provider => provider.GetRequiredService<StoreWatch>());
        services.AddSingleton<IJournalTurns, JournalTurns>();
        services.AddSingleton(StartWheel);
        services.AddSingleton<ClusterView>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<ClusterView>());
        services.AddSingleton<NodeClient>();
        services.AddSingleton<ISiloReach, SiloReach>();
        services.AddSingleton<IClusterContact, ClusterContact>();
        services.AddHostedService<NodeDrain>();
        services.AddSingleton<Outstanding>();
        services.AddSingleton<NodeSenders>();
        services.AddSingleton<SessionDetours>();
        services.AddSingleton<ISessionGrains, SessionGrains>();
        services.AddSingleton<SessionNames>();
        services.AddSingleton(NewSessions);
        services.AddSingleton<LocalShards>();
        services.AddSingleton<ShardRoutes>();
        services.AddSingleton<NodeInbox>();
        services.AddSingleton<InboundLanes>();
        services.AddSingleton<SessionForwards>();
        services.AddSingleton<ShardForwards>();
        services.AddSingleton<RemoteSessionServices>();
        services.AddSingleton<Reattacher>();
        services.AddSingleton<RemoteSessions>();
        services.AddSingleton<HeldClients>();
        services.AddSingleton<HeldRoutes>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LostSilos>();
        services.AddSingleton<IPublishRouter, PublishRouter>();
        services.AddSingleton<NodeShard>();
        services.AddSingleton<NodeRoutes>();
        services.AddSingleton<LoadAverages>();
        services.AddSingleton<SysCollector>();
        services.AddSingleton<INodeFigures>(static provider => provider.GetRequiredService<SysCollector>());
        services.AddHostedService<SysPublisher>();
        services.AddSingleton<NodeQueriesClient>();
        services.AddSingleton<SteadyUtc>();
        services.AddSingleton<NodeSessions>();
        services.AddSingleton<StoredSessions>();
        services.AddSingleton<SessionDetailsReader>();
        services.AddSingleton<SessionNodes>();
        services.AddSingleton<ListingPace>();
        services.AddSingleton<ISessionDirectory, SessionDirectory>();
        services.AddSingleton<NodeReporter>();
        services.AddSingleton<ClusterReports>();
        services.AddSingleton<IClusterReports>(static provider => provider.GetRequiredService<ClusterReports>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<ClusterReports>());
        services.AddSingleton<RouteRegistrar>();
        services.AddSingleton<SessionLifetimes>();
        services.AddSingleton<IncarnationSource>();
        services.AddSingleton<StoredLoader>();
        services.AddSingleton<SessionServices>();
        services.AddSingleton<SessionGrainServices>();
        services.AddSingleton<IConfigureGrainTypeComponents, SessionGrainActivator>();
        services.AddSingleton<OpeningShards>();
        services.AddSingleton<ShardReplays>();
        services.AddSingleton<ShardServices>();
        services.AddSingleton<ISessionControl, SessionControl>();
        services.AddSingleton<ShardCalls>();
        services.AddSingleton<MessageRules>();
        services.AddSingleton<IMessagePublisher, MessagePublisher>();
        services.AddSingleton<IRetainedMessages, RetainedMessages>();
        services.AddSingleton<ISubscriptionDirectory, SubscriptionDirectory>();
        services.AddSingleton<SessionLookup>();
        services.AddSingleton<ISessionJobs, SessionJobs>();
        services.AddSingleton<PresenceRing>();
        services.AddSingleton<PresenceNodes>();
        services.AddSingleton<IPresenceFeeds, PresenceFeeds>();
        services.AddSingleton<ISessionCommands, SessionCommands>();
        return silo;
    }

    private static JournalWriter NewWriter(IServiceProvider provider) => new(
        provider.GetRequiredService<IJournalStore>(), WriterId.New(), provider.GetRequiredService<TimeProvider>(), new JournalWriterOptions { Committed = provider.GetRequiredService<JournalInstruments>().Committed });

    private static LocalSessions NewSessions(IServiceProvider provider)
    {
        var detours = provider.GetRequiredService<SessionDetours>();
        var sessions = new LocalSessions(detours, provider.GetRequiredService<SessionNames>());
        provider.GetRequiredService<NodeSenders>().Left += (_, left) => detours.Left(sessions, left);
        return sessions;
    }

    /// <summary>For a node that is a core; its services start when the silo has.</summary>
    public static IServiceCollection AddShardStarter(this IServiceCollection services) => services.AddHostedService<ShardStarter>();

    /// <summary>For a core of a cluster; its services start when the silo has, and are drained before it stops: shards, sessions, lanes, all after what is registered before.</summary>
    public static IServiceCollection AddMovers(this IServiceCollection services) => services.AddDrained<ShardMover>().AddDrained<SessionMover>().AddSingleton<IDrainedPart, LaneDrain>();

    /// <summary>For a node of a cluster; it begins when the silo has started.</summary>
    public static IServiceCollection AddCrashWatch(this IServiceCollection services) => services.AddHostedService<CrashWatch>();

    private static IServiceCollection AddDrained<TMover>(this IServiceCollection services)
        where TMover : BackgroundService, IDrainedPart => services
            .AddSingleton<TMover>()
            .AddSingleton<IDrainedPart>(static provider => provider.GetRequiredService<TMover>())
            .AddHostedService(static provider => provider.GetRequiredService<TMover>());

    /// <summary>
    /// For a silo that is not a cluster by itself, beside <see cref="AddBrokerGrains"/>: it holds a lease in the store, and promises nothing without it. Also for a silo that
    /// is a gateway alone, whose caller has registered the same as for the grains.
    /// </summary>
    public static ISiloBuilder AddSiloLease(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.TryAddSingleton<BrokerCounters>();
        services.AddSingleton(static provider => new SiloLease(
            provider.GetRequiredService<IJournalStore>().Leases,
            provider.GetService<JournalWriter>()?.Id ?? WriterId.New(),
            provider.GetRequiredService<TimingOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<BrokerCounters>(),
            provider.GetRequiredService<ILogger<SiloLease>>(),
            ActivatorUtilities.CreateInstance<OwnStatus>(provider).IsDeclaredDeadAsync));
        services.AddSingleton<INodeLease>(static provider => provider.GetRequiredService<SiloLease>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<SiloLease>());
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
