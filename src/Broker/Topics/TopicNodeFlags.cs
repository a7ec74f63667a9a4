namespace OrleansBroker.Broker.Topics;

[Flags]
internal enum TopicNodeFlags : byte
{
    None = 0,
    InUse = 1,
    HasValue = 2,
    /// <summary>A child <c>#</c> exists: it is the first child.</summary>
    HasMultiLevelChild = 4,
    /// <summary>A child <c>+</c> exists: it is the first child, or the second after <c>#</c>.</summary>
    HasSingleLevelChild = 8,
    /// <summary>The node is in the table of edges; all are but children without siblings.</summary>
    HasEdge = 16,
}
