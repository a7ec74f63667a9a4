using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;

namespace OrleansBroker.Grains.Hosting;

/// <summary>A silo that is a cluster by itself.</summary>
public static class SingleNodeHosting
{
    /// <summary>One node: membership in its own memory, its silo port on loopback for nobody but itself.</summary>
    public static ISiloBuilder UseSingleNode(this ISiloBuilder silo)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, FreePort());
        silo.UseDevelopmentClustering(endPoint);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = endPoint.Address;
            endpoint.SiloPort = endPoint.Port;
            endpoint.GatewayPort = 0;
            endpoint.SiloListeningEndpoint = endPoint;
        });
        // Walks every activation: with a million of them once a minute is enough.
        silo.Configure<SiloMessagingOptions>(static messaging => messaging.GrainWorkloadAnalysisPeriod = TimeSpan.FromMinutes(1));
        // On one node the directory itself is here: a cache of it would only hold every session twice, and is allocated for a million even when unused.
        return silo.Configure<GrainDirectoryOptions>(static directory => (directory.CachingStrategy, directory.CacheSize) = (GrainDirectoryOptions.CachingStrategyType.None, 100));
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
