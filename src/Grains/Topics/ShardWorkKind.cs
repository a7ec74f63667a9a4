namespace OrleansBroker.Grains.Topics;

internal enum ShardWorkKind : byte
{
    Publish,
    Answered,
    Committed,
    Fenced,
    LeaseRecovered,
    Operation,
}
