using OrleansBroker.Fuzz.Tests.Judge;

namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>Valid properties, by the judge's table.</summary>
internal static class PropertyGenerator
{
    private const int MostUserProperties = 3;

    private static readonly Place[] Places = Enum.GetValues<Place>();

    private static readonly Dictionary<Place, PropertyRow[]> ByPlace = Places.ToDictionary(
        place => place, place => PropertyRow.All.Where(row => (row.Places & place) != 0 && row.Type != 'p').ToArray());

    /// <summary>Each property that belongs there with this chance, in any order, and some User Properties.</summary>
    /// <param name="left">Identifiers not to be made.</param>
    public static Part Generate(FuzzRandom random, Place place, int percent, params ReadOnlySpan<int> left)
    {
        var properties = new List<PropertyPart>();
        foreach (var row in ByPlace[place])
        {
            if (left.IndexOf(row.Identifier) < 0 && random.Chance(percent))
                properties.Insert(random.Next(properties.Count + 1), One(random, row));
        }

        if (random.Chance(percent))
        {
            for (var count = 1 + random.Next(MostUserProperties); count > 0; count--)
                properties.Insert(random.Next(properties.Count + 1), One(random, PropertyRow.Of(0x26)!));
        }

        return Part.Of(properties);
    }

    public static PropertyPart One(FuzzRandom random, PropertyRow row)
    {
        byte[] identifier = [(byte)row.Identifier];
        return row.Type switch
        {
            '1' => new PropertyPart(identifier, Part.Byte(random.Next(2))),
            '2' => new PropertyPart(identifier, Part.Two(row.Limits == '0' ? 1 + random.Next(4) : random.Next(6))),
            '4' => new PropertyPart(identifier, Part.Four(Number(random, row))),
            'v' => new PropertyPart(identifier, Part.Variable(1 + (uint)random.Next(random.Chance(50) ? 5 : 268_435_455))),
            'b' => new PropertyPart(identifier, Part.Binary(random.Bytes(random.Next(8)))),
            'p' => new PropertyPart(identifier, Part.Text(random.Pick(Samples.Topics)), Part.Text(random.Pick(Samples.Topics))),
            _ => new PropertyPart(identifier, Part.Text(random.Pick(Samples.Topics))),
        };
    }

    private static uint Number(FuzzRandom random, PropertyRow row)
    {
        if (row.Identifier == 0x27)
            return (uint)random.Pick<int>([5, 16, 64, 256, 2_000, 1_000_000]); // Maximum Packet Size: any answer may be too large
        return random.Chance(20) ? uint.MaxValue : (uint)random.Next(100);
    }
}
