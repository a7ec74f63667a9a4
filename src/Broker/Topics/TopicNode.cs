using System.Buffers.Binary;

namespace OrleansBroker.Broker.Topics;

/// <summary>
/// One node of the tree: a level below its parent. 48 bytes, no object of its own; nodes name each other by index and 0, the
/// root's index, says "none" everywhere but in <see cref="Parent"/>.
/// </summary>
internal struct TopicNode
{
    /// <summary>As many bytes of its level stand in the node itself: device names and quantities mostly have no more.</summary>
    public const int InPlaceBytes = 2 * sizeof(ulong);

    public int Parent;
    public int FirstChild;
    /// <summary>The next child of the parent; in a free node the next free one.</summary>
    public int NextSibling;
    public int PreviousSibling;
    /// <summary>Set with <see cref="TopicNodeFlags.HasEdge"/>.</summary>
    public int NextInBucket;
    public ushort Length;
    public TopicNodeFlags Flags;
    public ulong Head;
    public ulong Second;
    /// <summary>The level's bytes after the first sixteen; null if there are none. Possibly shared between nodes, never written.</summary>
    public byte[]? Tail;

    public readonly bool HasValue => (Flags & TopicNodeFlags.HasValue) != 0;
    public readonly bool IsEmpty => FirstChild == 0 && !HasValue;
    public readonly bool IsMultiLevelWildcard => Length == 1 && Head == TopicLevel.MultiLevelWildcard;
    public readonly bool IsSingleLevelWildcard => Length == 1 && Head == TopicLevel.SingleLevelWildcard;
    public readonly bool IsReserved => Length > 0 && (byte)Head == TopicLevel.ReservedPrefix;

    public readonly bool Is(in TopicLevel level) =>
        Head == level.Head && Second == level.Second && Length == level.Length && (Tail is null || level.Tail.SequenceEqual(Tail));

    /// <summary>Writes the level's bytes; what stands behind them within the first sixteen is overwritten.</summary>
    /// <param name="destination">At least sixteen bytes, and as many as the level has.</param>
    public readonly void WriteLevel(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Head);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[sizeof(ulong)..], Second);
        Tail?.CopyTo(destination[InPlaceBytes..]);
    }

    public readonly uint EdgeHash() => SeededHash.OfEdge(Parent, SeededHash.OfWordsAndTail(Head, Second, Length, Tail));
}
