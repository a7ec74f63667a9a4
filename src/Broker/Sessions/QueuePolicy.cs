namespace OrleansBroker.Broker.Sessions;

/// <summary>What a session does with a QoS 1 or 2 message when its queue is full (invariant B14).</summary>
public enum QueuePolicy : byte
{
    /// <summary>The oldest queued message makes room.</summary>
    DropOldest,

    /// <summary>The new message is dropped.</summary>
    DropNewest,

    /// <summary>The new message is refused: PUBACK or PUBREC 0x97 for 5.0 publishers.</summary>
    Refuse,
}
