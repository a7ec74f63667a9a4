using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Orleans.Configuration;

namespace OrleansBroker.Grains.Hosting;

/// <summary>A silo that is a cluster by itself.</summary>
public static class SingleNodeHosting
{
    private const int FirstPort = 20_000;
    private const int EndPort = 32_768;

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

    /// <summary>
    /// A free port below those that systems give to outgoing connections (Linux from 32,768): between this look and the silo's own binding no connection of a busy
    /// machine takes it. If a hundred tries find none, one that the system gives.
    /// </summary>
    private static int FreePort()
    {
        const int Tries = 100;
        for (var i = 0; i < Tries; i++)
        {
            if (TryBind(RandomNumberGenerator.GetInt32(FirstPort, EndPort), out var port))
                return port;
        }

        TryBind(0, out var given);
        return given;
    }

    private static bool TryBind(int wanted, out int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, wanted));
        }
        catch (SocketException)
        {
            port = 0;
            return false;
        }

        port = ((IPEndPoint)probe.LocalEndPoint!).Port;
        return true;
    }
}
