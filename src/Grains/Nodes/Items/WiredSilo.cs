using System.Buffers.Binary;
using System.Net;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>A silo's address between silos, behind its length: <c>address:4 or 16 bytes port:u32 generation:i32</c>.</summary>
internal static class WiredSilo
{
    private const int IPv4Bytes = 4;
    private const int IPv6Bytes = 16;
    private const int RestBytes = sizeof(uint) + sizeof(int);

    public static void Write(ItemBytes to, SiloAddress silo)
    {
        Span<byte> address = stackalloc byte[IPv6Bytes];
        silo.Endpoint.Address.TryWriteBytes(address, out var length);
        to.Number((ulong)(length + RestBytes));
        to.Bytes(address[..length]);
        to.UInt32((uint)silo.Endpoint.Port);
        to.UInt32((uint)silo.Generation);
    }

    /// <returns>Null for bytes that are no address.</returns>
    public static SiloAddress? Read(ReadOnlySpan<byte> from)
    {
        var addressBytes = from.Length - RestBytes;
        if (addressBytes is not (IPv4Bytes or IPv6Bytes)) return null;
        var port = BinaryPrimitives.ReadUInt32LittleEndian(from[addressBytes..]);
        if (port > IPEndPoint.MaxPort) return null;
        return SiloAddress.New(new IPEndPoint(new IPAddress(from[..addressBytes]), (int)port), BinaryPrimitives.ReadInt32LittleEndian(from[(addressBytes + sizeof(uint))..]));
    }
}
