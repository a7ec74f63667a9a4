namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>An execution's bytes: something valid, then broken in zero to four places.</summary>
internal static class InputGenerator
{
    // Of one packet: more than the connection queues of anything in these tests.
    private const int Flood = 100;

    private static readonly int[] Versions = [3, 4, 5, 5, 5];

    /// <summary>One packet, seldom several, of a connection that speaks the version; or a client from CONNECT on (version 0).</summary>
    public static int WritePackets(FuzzRandom random, ByteSink bytes)
    {
        var version = random.Pick(Versions);
        if (random.Chance(10))
        {
            WriteClient(random, bytes);
            return 0;
        }

        var generator = new PacketGenerator(random, version);
        var first = generator.Any();
        var isConnect = first.Type == 1;
        var packets = new List<WirePacket> { first };
        if (!isConnect && random.Chance(10))
            packets.Add(generator.Next());
        Write(random, packets, bytes);
        return isConnect ? 0 : version;
    }

    /// <summary>A client's whole life.</summary>
    public static void WriteClient(FuzzRandom random, ByteSink bytes)
    {
        var generator = new PacketGenerator(random, random.Pick(Versions));
        var packets = generator.Sequence();
        if (random.Chance(1))
            packets.InsertRange(packets.Count - 1, Enumerable.Repeat(generator.Next(), Flood));
        Write(random, packets, bytes);
    }

    private static void Write(FuzzRandom random, List<WirePacket> packets, ByteSink bytes)
    {
        bytes.Clear();
        if (packets.Count > 1 && random.Chance(40))
            SequenceMutator.Mutate(random, packets);
        // Most clients shall come past CONNECT.
        var spared = packets.Count > 2 && random.Chance(80) ? 1 : 0;
        for (var count = random.Chance(20) ? 0 : 1 + random.Next(3); count > 0; count--)
            PacketMutator.Mutate(random, packets[spared + random.Next(packets.Count - spared)]);
        foreach (var packet in packets)
            packet.WriteTo(bytes);
        if (random.Chance(15))
            ByteMutator.Mutate(random, bytes);
    }
}
