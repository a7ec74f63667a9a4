namespace OrleansBroker.Broker.Outcomes;

/// <summary>Why a message, or one receiver's copy of it, ended without being delivered. Closed; every drop is counted by it.</summary>
public enum DropReason : byte
{
    /// <summary>The receiver's output buffer was full: a slow consumer, QoS 0.</summary>
    SlowConsumer,

    /// <summary>The session has no connection and does not queue QoS 0.</summary>
    NotConnected,

    /// <summary>The queue was full; the oldest message made room.</summary>
    QueueFullOldest,

    /// <summary>The queue was full; the new message was dropped.</summary>
    QueueFullNewest,

    /// <summary>The queue was full; the message was refused to its publisher.</summary>
    QueueFullRefused,

    /// <summary>The Message Expiry Interval ran out.</summary>
    Expired,

    /// <summary>The packet would exceed the client's Maximum Packet Size.</summary>
    PacketTooLarge,

    /// <summary>The session ended with messages in its queue or in flight.</summary>
    SessionEnded,

    /// <summary>The way to another silo or shard was full or lost, QoS 0.</summary>
    LaneFull,

    /// <summary>The publisher may not publish to the topic.</summary>
    NotAuthorized,

    /// <summary>The retained store is full; subscribers got the message, it is not retained.</summary>
    RetainedFull,

    /// <summary>Every member of the shared group refused the message.</summary>
    NoSharedMember,

    /// <summary>The client answered with an error code and so ended the message.</summary>
    RefusedByClient,

    /// <summary>The payload is not the UTF-8 that the Payload Format Indicator says it is.</summary>
    PayloadFormatInvalid,

    /// <summary>What the journal had of a queued message could not be read.</summary>
    StoredUnreadable,

    /// <summary>The store did not take an incoming QoS 2 message in time: it was refused to its publisher.</summary>
    StoreUnavailable,
}
