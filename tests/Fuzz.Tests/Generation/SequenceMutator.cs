namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>Makes a client's life out of order: packets twice, gone, elsewhere, or out of another client's.</summary>
internal static class SequenceMutator
{
    public static void Mutate(FuzzRandom random, List<WirePacket> packets)
    {
        var at = random.Next(packets.Count);
        switch (random.Next(6))
        {
            case 0:
                packets.Insert(random.Next(packets.Count + 1), packets[at].Copy());
                break;
            case 1 when packets.Count > 1:
                packets.RemoveAt(at);
                break;
            case 2:
                var other = random.Next(packets.Count);
                (packets[at], packets[other]) = (packets[other], packets[at]);
                break;
            case 3:
                Splice(random, packets);
                break;
            case 4:
                ReuseIdentifier(random, packets);
                break;
            default:
                packets.Insert(at, new PacketGenerator(random, 3 + random.Next(3)).Any());
                break;
        }
    }

    // The beginning of one and the end of another, perhaps of another version.
    private static void Splice(FuzzRandom random, List<WirePacket> packets)
    {
        var other = new PacketGenerator(random, 3 + random.Next(3)).Sequence();
        var kept = 1 + random.Next(packets.Count);
        packets.RemoveRange(kept, packets.Count - kept);
        packets.AddRange(other.Skip(random.Next(other.Count)));
    }

    // Every identifier the same one, or 0.
    private static void ReuseIdentifier(FuzzRandom random, List<WirePacket> packets)
    {
        var identifier = (byte)random.Next(3);
        foreach (var part in packets.Where(packet => packet.Type != 1).SelectMany(packet => packet.Parts))
        {
            if (part.Kind == PartKind.TwoBytes)
                part.Bytes = [0, identifier];
        }
    }
}
