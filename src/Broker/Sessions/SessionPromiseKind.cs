namespace OrleansBroker.Broker.Sessions;

internal enum SessionPromiseKind : byte
{
    /// <summary>A receiver's part is stored.</summary>
    SettlePart,

    /// <summary>Message and identifier of an outgoing QoS 2 message are stored: PUBLISH may leave.</summary>
    SendPublish,

    /// <summary>The client's PUBREC is stored: PUBREL may leave, the part is settled.</summary>
    SendPubRel,

    /// <summary>An incoming QoS 2 message is stored: PUBREC may leave, the message goes to its shard.</summary>
    SendPubRec,

    /// <summary>An incoming QoS 2 message is gone from the journal: it does not come again.</summary>
    ForgetForward,

    /// <summary>The end of an incoming identifier is stored: PUBCOMP may leave.</summary>
    SendPubComp,

    /// <summary>All retained messages of a subscription, whose version stands in place of a sequence, are stored or sent: the gateway may forget them.</summary>
    TellRetainedSent,
}
