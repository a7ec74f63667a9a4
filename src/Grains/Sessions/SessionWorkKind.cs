namespace OrleansBroker.Grains.Sessions;

internal enum SessionWorkKind : byte
{
    Deliver,
    Offer,
    Retained,
    ReturnShared,
    Acknowledge,
    PublishExactlyOnce,
    RefuseOverdue,
    OutputDrained,
    Committed,
    Fenced,
    InboundSettled,
    WillDone,
    Deadline,
    Operation,
}
