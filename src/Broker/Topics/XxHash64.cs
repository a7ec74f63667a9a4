using System.Buffers.Binary;
using System.Numerics;

namespace OrleansBroker.Broker.Topics;

/// <summary>
/// XXH64 with seed 0, as its specification has it (Yann Collet, "xxHash fast digest algorithm", XXH64). What is stored or must be the
/// same on every node is hashed with it; the result never changes.
/// </summary>
internal static class XxHash64
{
    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Prime2 = 0xC2B2_AE3D_27D4_EB4F;
    private const ulong Prime3 = 0x1656_67B1_9E37_79F9;
    private const ulong Prime4 = 0x85EB_CA77_C2B2_AE63;
    private const ulong Prime5 = 0x27D4_EB2F_1656_67C5;

    private const int LaneBytes = sizeof(ulong);
    private const int StripeBytes = 4 * LaneBytes;

    /// <summary>The hash of <paramref name="bytes"/>.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var length = (ulong)bytes.Length;
        var hash = bytes.Length >= StripeBytes ? HashStripes(ref bytes) : Prime5;
        return Avalanche(HashRest(hash + length, bytes));
    }

    private static ulong HashStripes(ref ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            ulong lane1 = Prime1 + Prime2, lane2 = Prime2, lane3 = 0, lane4 = 0 - Prime1;
            for (; bytes.Length >= StripeBytes; bytes = bytes[StripeBytes..])
            {
                lane1 = Round(lane1, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                lane2 = Round(lane2, BinaryPrimitives.ReadUInt64LittleEndian(bytes[LaneBytes..]));
                lane3 = Round(lane3, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(2 * LaneBytes)..]));
                lane4 = Round(lane4, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(3 * LaneBytes)..]));
            }
            var hash = BitOperations.RotateLeft(lane1, 1) + BitOperations.RotateLeft(lane2, 7)
                + BitOperations.RotateLeft(lane3, 12) + BitOperations.RotateLeft(lane4, 18);
            return Merge(Merge(Merge(Merge(hash, lane1), lane2), lane3), lane4);
        }
    }

    private static ulong HashRest(ulong hash, ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            for (; bytes.Length >= LaneBytes; bytes = bytes[LaneBytes..])
            {
                hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                hash = (BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4;
            }
            if (bytes.Length >= sizeof(uint))
            {
                hash ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Prime1;
                hash = (BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3;
                bytes = bytes[sizeof(uint)..];
            }
            foreach (var value in bytes)
                hash = BitOperations.RotateLeft(hash ^ (value * Prime5), 11) * Prime1;
            return hash;
        }
    }

    private static ulong Round(ulong lane, ulong input) =>
        unchecked(BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1);

    private static ulong Merge(ulong hash, ulong lane) =>
        unchecked(((hash ^ Round(0, lane)) * Prime1) + Prime4);

    private static ulong Avalanche(ulong hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 33)) * Prime2;
            hash = (hash ^ (hash >> 29)) * Prime3;
            return hash ^ (hash >> 32);
        }
    }
}
