namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>What an item between two silos is; the numbers are a wired contract.</summary>
internal enum NodeItemKind : byte
{
    /// <summary>To a shard: a publication.</summary>
    Publish = 1,

    /// <summary>To the source of a publication: all its parts are settled.</summary>
    Done = 2,

    /// <summary>To a session: a live message.</summary>
    Deliver = 3,

    /// <summary>To a session: a message of a shared group on offer.</summary>
    Offer = 4,

    /// <summary>To the shard: the answer to an offer.</summary>
    OfferAnswer = 5,

    /// <summary>To a session: a retained message for a new subscription.</summary>
    Retained = 6,

    /// <summary>To a session: give back what is queued for a shared subscription.</summary>
    ReturnShared = 7,

    /// <summary>To the source of a publication: its shard is not here. To be followed by a barrier.</summary>
    ShardMoved = 8,

    /// <summary>To a shard: answered with <see cref="Done"/> when all that the source sent before has reached it, wherever it is.</summary>
    ShardBarrier = 9,

    /// <summary>To the source of a delivery: its session is not here. To be followed by a barrier.</summary>
    SessionMoved = 10,

    /// <summary>To a session: answered with <see cref="Done"/> when all that the source sent before has reached it, wherever it is.</summary>
    SessionBarrier = 11,

    /// <summary>To a silo: answered with <see cref="Done"/> when all that the source sent before in this lane has been handed over.</summary>
    LaneBarrier = 12,

    /// <summary>To a connection: the session has taken it, CONNACK.</summary>
    Attached = 16,

    /// <summary>To a connection: PUBLISH.</summary>
    Send = 17,

    /// <summary>To a connection: PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    SendAcknowledge = 18,

    /// <summary>To a connection: SUBACK.</summary>
    SendSubAck = 19,

    /// <summary>To a connection: UNSUBACK.</summary>
    SendUnsubAck = 20,

    /// <summary>To a connection: DISCONNECT and close.</summary>
    Close = 21,

    /// <summary>To a connection: when did the last packet come?</summary>
    AskActivity = 22,

    /// <summary>To a connection: the session goes on elsewhere; its next activation is to be handed what the gateway knows.</summary>
    Moved = 23,

    /// <summary>To a connection: the session's next activation has it.</summary>
    Reattached = 24,

    /// <summary>To a connection, in front of SUBACK: it promises retained messages by the subscription of this version. Also when a subscription that owes them has a new version.</summary>
    RetainedOwed = 25,

    /// <summary>To a connection: they have all been sent.</summary>
    RetainedSent = 26,

    /// <summary>To a connection's gateway: what its transient session holds, and holds no more, by an administrator's word. One of an older version takes no notice.</summary>
    HeldSubscriptions = 27,

    /// <summary>To a session: the client's PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    Acknowledge = 32,

    /// <summary>To a session: an incoming QoS 2 message.</summary>
    PublishExactlyOnce = 33,

    /// <summary>To a session: an incoming QoS 2 message has waited for its PUBREC too long.</summary>
    RefuseOverdue = 34,

    /// <summary>To a session: milliseconds since the connection's last packet.</summary>
    Activity = 35,

    /// <summary>To a session: its gateway has no such connection any more.</summary>
    ConnectionGone = 36,
}
