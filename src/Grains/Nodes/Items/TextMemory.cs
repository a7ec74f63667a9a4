using System.Buffers.Binary;
using System.Text;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// Client ids that came lately: the same few come again and again, and need not be new strings each time. Of texts that meet in a place the later one stays. For one
/// thread at a time.
/// </summary>
internal sealed class TextMemory
{
    private const int Places = 1_024;

    private readonly string?[] _texts = new string?[Places];

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        ref var known = ref _texts[PlaceOf(utf8)];
        // False for what is not ASCII: such a text is made anew.
        if (known is not null && Ascii.Equals(utf8, known)) return known;
        return known = Encoding.UTF8.GetString(utf8);
    }

    /// <summary>Ids of one fleet differ at their ends.</summary>
    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        const uint Multiplier = 2_654_435_761; // Knuth's: 2^32 by the golden ratio
        var end = utf8.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(utf8[^sizeof(uint)..]) : utf8[^1];
        return (int)(((end ^ (uint)utf8.Length) * Multiplier) >> 22) % Places;
    }
}
