using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>Reads struct sockaddr_in and sockaddr_in6.</summary>
internal static class PeerAddress
{
    // sockaddr_in6: family 2, port 2, flow 4, address 16, scope 4.
    public const int MaximumLength = 28;

    private const ushort IPv4 = 2; // AF_INET
    private const ushort IPv6 = 10; // AF_INET6

    /// <summary>Null for any other family.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return MemoryMarshal.Read<ushort>(address) switch
        {
            IPv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            IPv6 => new IPEndPoint(new IPAddress(address.Slice(8, 16), MemoryMarshal.Read<uint>(address[24..])), port),
            _ => null,
        };
    }
}
