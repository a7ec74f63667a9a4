using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace OrleansBroker.Broker.Topics;

/// <summary>
/// Hash of bytes for tables in memory, with seeds drawn when the process starts: whoever chooses the topics cannot choose
/// collisions. Multiply and fold (64 × 64 to 128 bits, both halves xored), 8 bytes a step. Never stored, never sent.
/// </summary>
public static class SeededHash
{
    /// <summary>2^64 / golden ratio, odd: spreads small integers over 64 bits.</summary>
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private static readonly ulong HeadSeed = RandomSeed();
    private static readonly ulong StepSeed = RandomSeed();

    /// <summary>Hash of <paramref name="bytes"/>, of any length.</summary>
    public static ulong OfBytes(ReadOnlySpan<byte> bytes)
    {
        var head = ReadHead(bytes, bytes.Length);
        return bytes.Length <= sizeof(ulong)
            ? Fold(head ^ HeadSeed, (uint)bytes.Length ^ StepSeed)
            : OfTail(Fold(head ^ HeadSeed, (uint)bytes.Length ^ StepSeed), bytes[sizeof(ulong)..]);
    }

    /// <summary>Hash of <paramref name="length"/> bytes given as their first eight and their second eight (as <see cref="ReadHead"/> gives them) and the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfWordsAndTail(ulong first, ulong second, int length, ReadOnlySpan<byte> tail)
    {
        var hash = Fold(first ^ HeadSeed, (uint)length ^ StepSeed);
        if (length > sizeof(ulong))
            hash = Fold(hash ^ second, StepSeed);
        return tail.IsEmpty ? hash : OfTail(hash, tail);
    }

    /// <summary>Hash of the edge from node <paramref name="parent"/> to the level with <paramref name="levelHash"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint OfEdge(int parent, ulong levelHash) =>
        (uint)Fold(levelHash ^ ((uint)parent * Golden), StepSeed);

    /// <summary>The first <paramref name="length"/> bytes, at most eight, little-endian, the missing ones zero.</summary>
    /// <param name="bytes">May be longer than <paramref name="length"/>, never shorter.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadHead(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            return length >= sizeof(ulong) ? word : word & ((1UL << (8 * length)) - 1);
        }
        return ReadShort(bytes[..length]);
    }

    private static ulong ReadShort(ReadOnlySpan<byte> bytes)
    {
        ulong word = 0;
        for (var index = bytes.Length - 1; index >= 0; index--)
            word = (word << 8) | bytes[index];
        return word;
    }

    private static ulong OfTail(ulong hash, ReadOnlySpan<byte> tail)
    {
        while (tail.Length > sizeof(ulong))
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(tail), StepSeed);
            tail = tail[sizeof(ulong)..];
        }
        return Fold(hash ^ ReadHead(tail, tail.Length), StepSeed);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private static ulong RandomSeed()
    {
        ulong seed = 0;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref seed)));
        return seed | 1;
    }
}
