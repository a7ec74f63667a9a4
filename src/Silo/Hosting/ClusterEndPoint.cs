using System.Net;
using System.Net.Sockets;
using OrleansBroker.Grains.Hosting;
using OrleansBroker.Silo.Options;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Where the other nodes reach this one.</summary>
internal static class ClusterEndPoint
{
    /// <exception cref="StartFailedException">The port is in use, or the address not of this machine.</exception>
    public static IPEndPoint Of(ClusterOptions cluster)
    {
        try
        {
            return new(cluster.Address, cluster.SiloPort == 0 ? SiloPort.Free(cluster.Address) : SiloPort.Bind(cluster.Address, cluster.SiloPort));
        }
        catch (SocketException failure)
        {
            var option = failure.SocketErrorCode == SocketError.AddressAlreadyInUse ? "Broker:Cluster:SiloPort" : "Broker:Cluster:Address";
            throw new StartFailedException(
                $"{option}: other nodes cannot reach this one at {new IPEndPoint(cluster.Address, cluster.SiloPort)}: {failure.Message}. Give an address of this machine and a free port; port 0 takes one.", failure);
        }
    }
}
