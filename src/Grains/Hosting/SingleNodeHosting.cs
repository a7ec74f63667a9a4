using System.Net;
using Orleans.Configuration;

namespace OrleansBroker.Grains.Hosting;

/// <summary>A silo that is a cluster by itself.</summary>
public static class SingleNodeHosting
{
    /// <summary>One node: membership in its own memory, its silo port on loopback for nobody but itself.</summary>
    public static ISiloBuilder UseSingleNode(this ISiloBuilder silo)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, SiloPort.Free(IPAddress.Loopback));
        silo.UseDevelopmentClustering(endPoint);
        silo.UseSiloEndPoint(endPoint);
        // On one node the directory itself is here: a cache of it would only hold every session twice, and is allocated for a million even when unused.
        return silo.Configure<GrainDirectoryOptions>(static directory => (directory.CachingStrategy, directory.CacheSize) = (GrainDirectoryOptions.CachingStrategyType.None, 100));
    }
}
