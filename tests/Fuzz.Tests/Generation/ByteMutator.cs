namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>Knows nothing of packets.</summary>
internal static class ByteMutator
{
    public static void Mutate(FuzzRandom random, ByteSink bytes)
    {
        if (bytes.Length == 0)
            return;
        var at = random.Next(bytes.Length);
        var count = 1 + random.Next(Math.Min(8, bytes.Length - at));
        switch (random.Next(6))
        {
            case 0:
                bytes.Written[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.Written[at] = random.NextByte();
                break;
            case 2:
                bytes.Insert(at, random.Bytes(count));
                break;
            case 3:
                bytes.Remove(at, count);
                break;
            case 4:
                bytes.Insert(at, bytes.Written.Slice(at, count));
                break;
            default:
                bytes.Cut(at);
                break;
        }
    }
}
