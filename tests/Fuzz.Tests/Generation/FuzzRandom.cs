namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>SplitMix64: small, fast, and the same on every machine. Each execution has its own, made of the run's seed and its number.</summary>
internal sealed class FuzzRandom(ulong seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The generator of one execution.</summary>
    public static FuzzRandom Of(ulong seed, long execution)
    {
        var random = new FuzzRandom(seed);
        random._state = random.NextUInt64() ^ ((ulong)execution * Increment);
        return random;
    }

    public ulong NextUInt64()
    {
        _state += Increment;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>0 to <paramref name="end"/> − 1; 0 when that is nothing.</summary>
    public int Next(int end) => end <= 1 ? 0 : (int)((NextUInt64() >> 33) % (uint)end);

    public int Next(int start, int end) => start + Next(end - start);

    public byte NextByte() => (byte)(NextUInt64() >> 56);

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        foreach (ref var octet in bytes.AsSpan())
            octet = NextByte();
        return bytes;
    }
}
