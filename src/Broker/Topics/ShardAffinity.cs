using System.Buffers.Binary;

namespace OrleansBroker.Broker.Topics;

/// <summary>
/// How much a shard belongs on a node; of several nodes it belongs on that of the highest (rendezvous hashing). All nodes of a cluster must agree, those of another version
/// too: the rule never changes.
/// </summary>
public static class ShardAffinity
{
    private const int MaxNameBytes = 124;

    /// <summary>XXH64 of the shard's number, 4 bytes with the lowest first, and the node's name.</summary>
    /// <param name="node">Name of the node, at most 124 bytes.</param>
    public static ulong Of(int shard, ReadOnlySpan<byte> node)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(node.Length, MaxNameBytes);
        Span<byte> bytes = stackalloc byte[sizeof(int) + MaxNameBytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, shard);
        node.CopyTo(bytes[sizeof(int)..]);
        return XxHash64.Hash(bytes[..(sizeof(int) + node.Length)]);
    }
}
