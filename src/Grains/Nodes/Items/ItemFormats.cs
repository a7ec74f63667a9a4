using System.Globalization;
using Orleans.Metadata;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// The versions of <see cref="ItemWriter"/>'s format that a node reads and writes. Each node says them in its manifest, and whoever sends to it writes the newest that both
/// know (invariant H7): while a roll lasts, new nodes write what old ones read.
/// </summary>
/// <param name="Oldest">That it reads and writes; the one before the newest, once there are two.</param>
/// <param name="Newest">That it reads and writes.</param>
internal readonly record struct ItemFormats(byte Oldest, byte Newest)
{
    /// <summary>Between versions of the broker.</summary>
    private const string Name = "broker.formats";

    /// <summary>The first version with <see cref="ItemField.ServerReference"/>, its only difference from the one before.</summary>
    public const byte ServerReferenceFrom = 2;

    /// <summary>This program's.</summary>
    public static ItemFormats Own { get; } = new(1, 2);

    public bool Has(byte version) => version >= Oldest && version <= Newest;

    /// <summary>What this node writes to the other; its own oldest when they have none in common, or when the other has said nothing yet: so did the first version.</summary>
    public byte Choose(ItemFormats? other)
    {
        if (other is not { } receiver) return Oldest;
        var newest = Math.Min(Newest, receiver.Newest);
        return Has(newest) ? newest : Oldest;
    }

    /// <summary>There is a version that both know.</summary>
    public bool Meets(ItemFormats other) => Math.Min(Newest, other.Newest) >= Math.Max(Oldest, other.Oldest);

    public void Write(Dictionary<string, string> properties) => properties[Name] = string.Create(CultureInfo.InvariantCulture, $"{Oldest}-{Newest}");

    /// <summary>What a silo's manifest says; null for one that says nothing that can be read.</summary>
    public static ItemFormats? Read(ClusterManifest manifest, SiloAddress silo)
    {
        if (!manifest.Silos.TryGetValue(silo, out var own)) return null;
        foreach (var grain in own.Grains.Values)
        {
            if (grain.Properties.TryGetValue(Name, out var text)) return Parse(text);
        }

        return null;
    }

    internal static ItemFormats? Parse(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2
            && byte.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var oldest)
            && byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var newest)
            && oldest <= newest ? new(oldest, newest) : null;
    }
}
