using System.Net;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>A silo's address between silos: <c>address:bytes port:number generation:signed</c>.</summary>
internal static class WiredSilo
{
    private const int IPv4Bytes = 4;
    private const int IPv6Bytes = 16;

    public static void Write(ItemBytes to, SiloAddress silo)
    {
        Span<byte> address = stackalloc byte[IPv6Bytes];
        silo.Endpoint.Address.TryWriteBytes(address, out var length);
        to.Number((ulong)length);
        to.Bytes(address[..length]);
        to.Number((ulong)silo.Endpoint.Port);
        to.Signed(silo.Generation);
    }

    /// <returns>Null for bytes that are no address.</returns>
    public static SiloAddress? Read(ref ItemReader from)
    {
        var address = from.Bytes();
        var port = from.Number();
        var generation = from.Signed();
        if (from.IsDamaged || address.Length is not (IPv4Bytes or IPv6Bytes) || port > IPEndPoint.MaxPort || generation != (int)generation) return null;
        return SiloAddress.New(new IPEndPoint(new IPAddress(address), (int)port), (int)generation);
    }
}
