#pragma warning disable ORLEANSEXP003 // The other directory forgets every N-th activation of all silos when one of N silos goes (ADR 0019).
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace OrleansBroker.Grains.Hosting;

/// <summary>A silo that is one of several.</summary>
public static class ClusterHosting
{
    private const int DirectoryCacheEntries = 1_000_000;

    /// <summary>Longer than most keep-alives: an entry is forgotten when it was not used for so long.</summary>
    private static readonly TimeSpan DirectoryCacheAge = TimeSpan.FromMinutes(30);

    /// <summary>Changes are told by gossip; this finds those whose teller died.</summary>
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10);

    /// <summary>Whoever joins tries to reach all that were alive within three of these: after a crash of all nodes it waits so long for the dead.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <param name="table">Stays the caller's, and open until the silo has stopped.</param>
    /// <param name="endPoint">Where the other silos reach this one, and where it listens.</param>
    /// <param name="probeTimeout">Of a probe, which adapts to between the half and the double of it; three that fail are a death.</param>
    public static ISiloBuilder UseCluster(this ISiloBuilder silo, IMembershipTable table, IPEndPoint endPoint, TimeSpan probeTimeout)
    {
        silo.Services.AddSingleton(table);
        silo.UseSiloEndPoint(endPoint);
        silo.AddDistributedGrainDirectory();
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = probeTimeout;
            membership.MinProbeTimeout = probeTimeout / 2;
            membership.MaxProbeTimeout = probeTimeout * 2;
            membership.TableRefreshTimeout = TableRefresh;
            membership.IAmAliveTablePublishTimeout = Heartbeat;
        });
        silo.Configure<GrainDirectoryOptions>(static directory =>
        {
            directory.CacheSize = DirectoryCacheEntries;
            directory.MaximumCacheTTL = DirectoryCacheAge;
            // A dead silo's part of the directory is free at once: what it still wrote is refused by the store's epochs.
            directory.RangeLeaseDuration = TimeSpan.Zero;
        });
        // One task serializes what goes over a connection. Order is the lanes' own affair.
        return silo.Configure<ConnectionOptions>(static connections => connections.ConnectionsPerEndpoint = 2);
    }

    internal static void UseSiloEndPoint(this ISiloBuilder silo, IPEndPoint endPoint)
    {
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = endPoint.Address;
            endpoint.SiloPort = endPoint.Port;
            endpoint.GatewayPort = 0;
            endpoint.SiloListeningEndpoint = endPoint;
        });
        // Walks every activation: with a million of them once a minute is enough.
        silo.Configure<SiloMessagingOptions>(static messaging => messaging.GrainWorkloadAnalysisPeriod = TimeSpan.FromMinutes(1));
    }
}
