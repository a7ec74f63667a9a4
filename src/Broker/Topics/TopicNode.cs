namespace OrleansBroker.Broker.Topics;

/// <summary>
/// One node of the tree: a level below its parent. 48 bytes, no object of its own; nodes name each other by index and 0, the
/// root's index, says "none" everywhere but in <see cref="Parent"/>.
/// </summary>
internal struct TopicNode
{
    public int Parent;
    public int FirstChild;
    /// <summary>The next child of the parent; in a free node the next free one.</summary>
    public int NextSibling;
    public int PreviousSibling;
    public int NextInBucket;
    /// <summary>Set with <see cref="TopicNodeFlags.HasEdge"/>, as <see cref="NextInBucket"/> is.</summary>
    public uint EdgeHash;
    public ulong Head;
    /// <summary>The level's bytes after the first eight; null if there are none. Possibly shared between nodes, never written.</summary>
    public byte[]? Tail;
    public ushort Length;
    public TopicNodeFlags Flags;

    public readonly bool HasValue => (Flags & TopicNodeFlags.HasValue) != 0;
    public readonly bool IsEmpty => FirstChild == 0 && !HasValue;
    public readonly bool IsMultiLevelWildcard => Length == 1 && Head == TopicLevel.MultiLevelWildcard;
    public readonly bool IsSingleLevelWildcard => Length == 1 && Head == TopicLevel.SingleLevelWildcard;
    public readonly bool IsReserved => Length > 0 && (byte)Head == TopicLevel.ReservedPrefix;

    public readonly bool Is(in TopicLevel level) =>
        Head == level.Head && Length == level.Length && (Tail is null || level.Tail.SequenceEqual(Tail));

    public readonly ulong LevelHash() => SeededHash.OfHeadAndTail(Head, Length, Tail);
}
