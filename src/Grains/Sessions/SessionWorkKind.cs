namespace OrleansBroker.Grains.Sessions;

internal enum SessionWorkKind : byte
{
    Deliver,
    Offer,
    Retained,
    ReturnShared,
    Acknowledge,
    PublishExactlyOnce,
    OutputDrained,
    Committed,
    Fenced,
    InboundSettled,
    WillDone,
    Deadline,
    Operation,
}
