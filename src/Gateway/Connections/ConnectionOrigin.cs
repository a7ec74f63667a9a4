using System.Net;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Where a connection comes from.</summary>
/// <param name="Remote">Null where the transport knows none.</param>
/// <param name="IsLoopback">True when it came from this machine.</param>
internal readonly record struct ConnectionOrigin(EndPoint? Remote, bool IsLoopback)
{
    public static ConnectionOrigin Of(EndPoint? remote) => new(remote, remote is IPEndPoint { Address: var address } && IPAddress.IsLoopback(
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
}
