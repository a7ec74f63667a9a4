namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>Breaks one rule of a packet, and others only as far as they hang on it.</summary>
internal static class PacketMutator
{
    private static readonly byte[][] Lengths =
    [
        [0xFF, 0xFF, 0xFF, 0x7F], // the largest packet there is
        [0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        [0x80, 0x80, 0x80, 0x80, 0x01],
        [0x80, 0x80, 0x80],
        [0xFF, 0x7F],
        [0x80, 0x80, 0x01],
        [0x00],
    ];

    public static void Mutate(FuzzRandom random, WirePacket packet)
    {
        var parts = packet.Parts;
        switch (random.Next(16))
        {
            case 0:
                packet.First ^= 1 << random.Next(4);
                break;
            case 1:
                packet.First = random.Chance(50) ? (packet.First & 15) | (random.Next(16) << 4) : random.NextByte();
                break;
            case 2:
                MutateLength(random, packet);
                break;
            case 3:
                packet.MissingBytes = 1 + random.Next(8);
                break;
            case 4:
                parts.Add(Part.Raw(random.Bytes(1 + random.Next(6))));
                break;
            case 5 when parts.Count > 0:
                parts.RemoveAt(random.Next(parts.Count));
                break;
            case 6 when parts.Count > 0:
                parts.Insert(random.Next(parts.Count + 1), random.Pick(parts).Copy());
                break;
            case 7 when parts.Count > 1:
                var (one, other) = (random.Next(parts.Count), random.Next(parts.Count));
                (parts[one], parts[other]) = (parts[other], parts[one]);
                break;
            default:
                if (parts.Count > 0)
                    PartMutator.Mutate(random, random.Pick(parts));
                break;
        }
    }

    private static void MutateLength(FuzzRandom random, WirePacket packet)
    {
        switch (random.Next(4))
        {
            case 0:
                packet.LengthError = random.Next(-4, 5);
                break;
            case 1:
                packet.Padding = 1 + random.Next(3);
                break;
            case 2:
                packet.LengthError = 1 << random.Next(22);
                break;
            default:
                packet.LengthBytes = random.Pick(Lengths);
                break;
        }
    }
}
