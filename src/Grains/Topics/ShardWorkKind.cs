namespace OrleansBroker.Grains.Topics;

internal enum ShardWorkKind : byte
{
    Publish,
    PublishPassedOn,
    Barrier,
    Answered,
    Committed,
    Fenced,
    LeaseRecovered,
    Operation,
}
