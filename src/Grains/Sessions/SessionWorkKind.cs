namespace OrleansBroker.Grains.Sessions;

internal enum SessionWorkKind : byte
{
    Deliver,
    Offer,
    Retained,
    Barrier,
    ReturnShared,

    /// <summary>Up to here: what a closed monitor hands to the session's next owner.</summary>
    LastFromShard = ReturnShared,
    Acknowledge,
    PublishExactlyOnce,
    RefuseOverdue,
    OutputDrained,
    Committed,
    Fenced,
    InboundSettled,
    WillSettled,
    Deadline,
    Operation,
}
