using System.Net;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Where a connection comes from.</summary>
/// <param name="Remote">Null where the transport knows none.</param>
/// <param name="IsLoopback">True when it came from this machine.</param>
internal readonly record struct ConnectionOrigin(EndPoint? Remote, bool IsLoopback)
{
    /// <param name="remote">A listener of both families tells IPv4 addresses as IPv6 ones; they are IPv4 from here on.</param>
    public static ConnectionOrigin Of(EndPoint? remote)
    {
        if (remote is not IPEndPoint endpoint)
            return new(remote, IsLoopback: false);
        if (endpoint.Address.IsIPv4MappedToIPv6)
            endpoint = new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port);
        return new(endpoint, IPAddress.IsLoopback(endpoint.Address));
    }
}
