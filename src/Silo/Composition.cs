using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orleans.Configuration;
using OrleansBroker.Clustering;
using OrleansBroker.Gateway.Hosting;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Silo.Checkpoints;
using OrleansBroker.Silo.Hosting;
using OrleansBroker.Silo.Options;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Silo;

/// <summary>Puts the broker's own parts together: silo, grains, gateway. Everything around them (options, logging, admission, sockets, HTTP, start and
/// stop) is done by <see cref="BrokerHost"/>.</summary>
internal static class Composition
{
    /// <summary>Adds silo, grains and gateway. Already there: TimeProvider, the options (<see cref="BrokerOptions"/>, limits and timing), IAuthenticator, IAuthorizer.</summary>
    /// <param name="store">Stays the caller's, and open until the app is gone.</param>
    /// <param name="membership">Likewise; null for a node that is alone.</param>
    public static void AddBroker(WebApplicationBuilder builder, BrokerOptions options, IJournalStore store, MembershipTable? membership)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        var services = builder.Services;
        services.AddSingleton(store);
        services.AddSingleton(new ShardSpace(options.Cluster.Shards, options.Cluster.ShardLevels));
        services.AddGateway(options.Listeners.WebSocketOrigins, options.ResponseInformation);
        builder.Host.UseOrleans(silo => ConfigureSilo(silo, options, membership));
        if (options.Roles.HasFlag(NodeRoles.Core)) services.AddShardStarter();
        if (options.Roles.HasFlag(NodeRoles.Core) && membership is not null) services.AddMovers();
        if (membership is not null) services.AddCrashWatch();
        services.AddHostedService<CheckpointListener>();
    }

    /// <summary>Sets the connection pipeline of one MQTT TCP address. The sockets are bound before and listen when Kestrel starts, after the silo.</summary>
    public static void ServeTcp(ListenOptions listen) => listen.UseMqtt();

    /// <summary>The same of one MQTT WebSocket address.</summary>
    public static void ServeWebSocket(ListenOptions listen) => listen.UseMqttWebSocket();

    /// <summary>The node's name in the ready line; asked when everything has started.</summary>
    public static string NodeId(IServiceProvider services) => services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();

    private static void ConfigureSilo(ISiloBuilder silo, BrokerOptions options, MembershipTable? membership)
    {
        if (membership is null) silo.UseSingleNode();
        else silo.UseCluster(membership, ClusterEndPoint.Of(options.Cluster), options.Timing.ProbeTimeout);
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Cluster.Id, options.Cluster.Id));
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.Timing.StoreWait + options.Timing.SubscribeTimeout);
        silo.AddBrokerGrains(options.Roles);
        if (membership is not null) silo.AddSiloLease();
    }
}
