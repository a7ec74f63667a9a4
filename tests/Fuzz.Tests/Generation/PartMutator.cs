using OrleansBroker.Fuzz.Tests.Judge;

namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>Breaks one field, or makes something unusual of it.</summary>
internal static class PartMutator
{
    private static readonly byte[][] VariableByteIntegers =
    [
        [0x00], [0x80, 0x00], [0x81, 0x00], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80, 0x80, 0x80, 0x80, 0x00], [0x80], [0xFF, 0xFF],
        [0x81, 0x80, 0x80, 0x00],
    ];

    public static void Mutate(FuzzRandom random, Part part)
    {
        switch (part.Kind)
        {
            case PartKind.Byte:
                part.Bytes = [random.Chance(60) ? (byte)(part.Bytes[0] ^ (1 << random.Next(8))) : random.NextByte()];
                break;
            case PartKind.TwoBytes or PartKind.FourBytes:
                MutateNumber(random, part.Bytes);
                break;
            case PartKind.VariableByteInteger:
                part.Bytes = random.Pick(VariableByteIntegers);
                break;
            case PartKind.Text:
                MutateText(random, part);
                break;
            case PartKind.Properties:
                MutateProperties(random, part);
                break;
            default:
                if (part.Kind == PartKind.Binary && random.Chance(50))
                    part.ClaimedLength = WrongLength(random, part.Bytes.Length);
                else
                    part.Bytes = random.Bytes(random.Next(24));
                break;
        }
    }

    private static void MutateNumber(FuzzRandom random, byte[] number)
    {
        switch (random.Next(4))
        {
            case 0:
                Array.Clear(number);
                break;
            case 1:
                Array.Fill(number, (byte)0xFF);
                break;
            case 2:
                number[random.Next(number.Length)] ^= (byte)(1 << random.Next(8));
                break;
            default:
                number[^1] = random.NextByte();
                break;
        }
    }

    private static void MutateText(FuzzRandom random, Part part)
    {
        switch (random.Next(7))
        {
            case 0:
                part.Bytes = random.Pick(Samples.Utf8);
                break;
            case 1:
                var at = random.Next(part.Bytes.Length + 1);
                part.Bytes = [.. part.Bytes[..at], .. random.Pick(Samples.Utf8), .. part.Bytes[at..]];
                break;
            case 2:
                part.ClaimedLength = WrongLength(random, part.Bytes.Length);
                break;
            case 3:
                part.Bytes = [];
                break;
            default:
                part.Bytes = random.Pick(Samples.Texts);
                break;
        }
    }

    private static void MutateProperties(FuzzRandom random, Part part)
    {
        var all = part.Properties;
        switch (random.Next(10))
        {
            case 0:
                part.ClaimedLength = WrongLength(random, all.Count * 4);
                break;
            case 1:
                part.LengthBytes = random.Pick(VariableByteIntegers);
                break;
            case 2 when all.Count > 0:
                all.Add(random.Pick(all).Copy());
                break;
            case 3 when all.Count > 0:
                all.RemoveAt(random.Next(all.Count));
                break;
            case 4 when all.Count > 0:
                MutateIdentifier(random, random.Pick(all));
                break;
            case 5 or 6 when all.Count > 0:
                Mutate(random, random.Pick(random.Pick(all).Values));
                break;
            default:
                // Any of the table, wherever it belongs, now and then with a value that it may not have.
                var foreign = PropertyGenerator.One(random, random.Pick(PropertyRow.All));
                if (random.Chance(30))
                    Mutate(random, foreign.Values[0]);
                all.Insert(random.Next(all.Count + 1), foreign);
                break;
        }
    }

    private static void MutateIdentifier(FuzzRandom random, PropertyPart property) => property.Identifier = random.Next(4) switch
    {
        0 => [random.NextByte()],
        1 => [(byte)(property.Identifier[0] | 0x80), 0x00],
        2 => random.Pick(VariableByteIntegers),
        _ => [(byte)random.Next(0x30)],
    };

    private static int WrongLength(FuzzRandom random, int length) => random.Next(5) switch
    {
        0 => length + 1,
        1 => Math.Max(0, length - 1),
        2 => 0,
        3 => ushort.MaxValue,
        _ => random.Next(64),
    };
}
