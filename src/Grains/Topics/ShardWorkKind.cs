namespace OrleansBroker.Grains.Topics;

internal enum ShardWorkKind : byte
{
    Publish,

    /// <summary>From another silo: should the shard not be here, it goes on with what else that sends.</summary>
    PublishPassedOn,

    /// <summary>One that waited until the shard was found: should that have closed by then, it is older than what waits still.</summary>
    PublishParked,
    Barrier,

    /// <summary>Up to here: what a closed monitor hands to the shard's next owner.</summary>
    LastHandedOn = Barrier,
    Answered,
    Committed,
    Fenced,
    LeaseRecovered,
    Operation,

    /// <summary>Published for somebody who is told with how many it matched; a closed monitor takes none.</summary>
    PublishCounted,
}
