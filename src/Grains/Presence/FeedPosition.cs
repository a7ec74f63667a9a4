using System.Buffers.Text;
using OrleansBroker.Grains.Nodes.Items;

namespace OrleansBroker.Grains.Presence;

/// <summary>
/// What a feed has told, as a text that it can go on from at any node:
/// <code>base64url of: version:u8 (silo position+1:number)*, the silo as <see cref="WiredSilo"/> has it; 0 for a position that is not known</code>
/// </summary>
internal static class FeedPosition
{
    /// <summary>Of a core that has not been asked yet how many events it has.</summary>
    public const long Unknown = -1;

    private const byte Version = 1;

    /// <summary>Far more than a cluster has (invariant H6), with the dead ones of some days.</summary>
    private const int MaxSilos = 128;

    private const int MaxCharacters = 8_192;

    public static string Encode(IEnumerable<KeyValuePair<SiloAddress, long>> positions)
    {
        var bytes = new ItemBytes(64);
        bytes.Byte(Version);
        foreach (var (silo, position) in positions)
        {
            WiredSilo.Write(bytes, silo);
            bytes.Number((ulong)(position + 1));
        }

        return Base64Url.EncodeToString(bytes.Written.Span);
    }

    public static bool TryDecode(string text, out Dictionary<SiloAddress, long> positions)
    {
        positions = [];
        if (text.Length > MaxCharacters || !Base64Url.IsValid(text)) return false;
        ReadOnlySpan<byte> rest = Base64Url.DecodeFromChars(text);
        if (rest.IsEmpty || rest[0] != Version) return false;
        rest = rest[1..];
        while (!rest.IsEmpty)
        {
            if (!TryTake(ref rest, out var silo, out var position) || !positions.TryAdd(silo, position) || positions.Count > MaxSilos) return false;
        }

        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out SiloAddress silo, out long position)
    {
        silo = SiloAddress.Zero;
        position = 0;
        if (!TryNumber(ref rest, out var length) || length > (ulong)rest.Length || WiredSilo.Read(rest[..(int)length]) is not { } read) return false;
        silo = read;
        rest = rest[(int)length..];
        if (!TryNumber(ref rest, out var number) || number > long.MaxValue) return false;
        position = (long)number - 1;
        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> rest, out ulong number)
    {
        number = 0;
        for (var shift = 0; shift < 63 && !rest.IsEmpty; shift += 7)
        {
            var next = rest[0];
            rest = rest[1..];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return true;
        }

        return false;
    }
}
