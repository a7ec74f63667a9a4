namespace OrleansBroker.Broker.Sessions;

/// <summary>The bounds of every session on a silo; one object shared by all.</summary>
public sealed record SessionLimits
{
    public int MaxQueuedMessages { get; init; } = 100_000;

    public long MaxQueuedBytes { get; init; } = 64L << 20;

    public QueuePolicy QueuePolicy { get; init; } = QueuePolicy.DropOldest;

    /// <summary>Whether QoS 0 messages are queued for a session without connection.</summary>
    public bool QueueQoS0 { get; init; }

    public int MaxSubscriptions { get; init; } = 10_000;
}
