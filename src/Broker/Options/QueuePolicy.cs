namespace OrleansBroker.Broker.Options;

/// <summary>What a session does with a message for which its queue has no room; every such message is counted.</summary>
public enum QueuePolicy
{
    /// <summary>The oldest queued message goes, the new one is queued.</summary>
    DropOldest,

    /// <summary>The new message goes.</summary>
    DropNewest,

    /// <summary>The new message goes and its publisher is told: 0x97 in 5.0; 3.1.1 knows no such answer and gets its PUBACK.</summary>
    Refuse,
}
