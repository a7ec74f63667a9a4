using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Where a connection comes from, in 24 bytes of the connection: an address is made of them for who asks. IPv4 is kept as IPv6 has it (::ffff:a.b.c.d).</summary>
internal readonly record struct ConnectionOrigin
{
    private const int AddressBytes = 16;
    private const int IPv4Bytes = 4;

    private const ulong MappedPrefix = 0xFFFF_0000_0000; // of the lower half
    private const ulong MappedLoopback = MappedPrefix | (127UL << 24); // 127.0.0.0/8
    private const ulong MappedNetwork = ~0UL << 24;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly bool _isKnown;

    private ConnectionOrigin(ulong high, ulong low, uint scope, ushort port)
    {
        (_high, _low, _scope, _port) = (high, low, scope, port);
        _isKnown = true;
        IsLoopback = high == 0 && (low == 1 || (low & MappedNetwork) == MappedLoopback);
    }

    private ConnectionOrigin(bool isLoopback) => IsLoopback = isLoopback;

    /// <summary>True when it came from this machine.</summary>
    public bool IsLoopback { get; }

    /// <summary>Null where the transport knows none. A listener of both families tells IPv4 addresses as IPv6 ones; they are IPv4 here.</summary>
    public IPEndPoint? Remote
    {
        get
        {
            if (!_isKnown)
                return null;
            Span<byte> bytes = stackalloc byte[AddressBytes];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[sizeof(ulong)..], _low);
            var isIPv4 = _high == 0 && _low >> (8 * IPv4Bytes) == MappedPrefix >> (8 * IPv4Bytes);
            return new IPEndPoint(isIPv4 ? new IPAddress(bytes[^IPv4Bytes..]) : new IPAddress(bytes, _scope), _port);
        }
    }

    /// <param name="address">4 bytes.</param>
    public static ConnectionOrigin OfIPv4(ReadOnlySpan<byte> address, ushort port) =>
        new(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address), 0, port);

    /// <param name="address">16 bytes.</param>
    /// <param name="scope">The link of a link-local address.</param>
    public static ConnectionOrigin OfIPv6(ReadOnlySpan<byte> address, uint scope, ushort port) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[sizeof(ulong)..]), scope, port);

    /// <summary>The transport knows no address.</summary>
    public static ConnectionOrigin Unknown(bool isLoopback = false) => new(isLoopback);

    /// <param name="remote">Anything but an IP address is not known.</param>
    public static ConnectionOrigin Of(EndPoint? remote)
    {
        if (remote is not IPEndPoint endpoint)
            return Unknown();
        Span<byte> bytes = stackalloc byte[AddressBytes];
        endpoint.Address.TryWriteBytes(bytes, out var length);
        return endpoint.AddressFamily == AddressFamily.InterNetwork
            ? OfIPv4(bytes[..length], (ushort)endpoint.Port)
            : OfIPv6(bytes, (uint)endpoint.Address.ScopeId, (ushort)endpoint.Port);
    }
}
