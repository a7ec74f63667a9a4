using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>Reads struct sockaddr_in and sockaddr_in6.</summary>
internal static class PeerAddress
{
    // sockaddr_in6: family 2, port 2, flow 4, address 16, scope 4.
    public const int MaximumLength = 28;

    private const ushort IPv4 = 2; // AF_INET
    private const ushort IPv6 = 10; // AF_INET6

    /// <summary>Any other family is not known.</summary>
    public static ConnectionOrigin Read(ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return MemoryMarshal.Read<ushort>(address) switch
        {
            IPv4 => ConnectionOrigin.OfIPv4(address.Slice(4, 4), port),
            IPv6 => ConnectionOrigin.OfIPv6(address.Slice(8, 16), MemoryMarshal.Read<uint>(address[24..]), port),
            _ => ConnectionOrigin.Unknown(),
        };
    }
}
