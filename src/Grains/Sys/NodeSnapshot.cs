namespace OrleansBroker.Grains.Sys;

/// <summary>A node's numbers at one moment, those aside that <see cref="Broker.Outcomes.BrokerCounters"/> has.</summary>
internal sealed record NodeSnapshot
{
    /// <summary>When the walk began.</summary>
    public required long AtMilliseconds { get; init; }

    public required TimeSpan Uptime { get; init; }

    /// <summary>Connections of this node's gateway.</summary>
    public required int Connected { get; init; }

    public required int MaximumConnected { get; init; }

    /// <summary>Sessions of this node, with and without connection.</summary>
    public required int Sessions { get; init; }

    /// <summary>Sessions of this node that have no connection.</summary>
    public required int Disconnected { get; init; }

    /// <summary>Sessions of this node that outlive their connections. Those that have left memory are in the store alone.</summary>
    public required int Durable { get; init; }

    /// <summary>Subscriptions of this node's sessions that are not shared.</summary>
    public required long Subscriptions { get; init; }

    public required long SharedSubscriptions { get; init; }

    /// <summary>Retained messages of the shards that are on this node, without $SYS.</summary>
    public required long RetainedMessages { get; init; }

    /// <summary>Their topics, properties and payloads.</summary>
    public required long RetainedBytes { get; init; }

    /// <summary>Messages in the queues of this node's sessions; one counts for each queue.</summary>
    public required long QueuedMessages { get; init; }

    /// <summary>Their topics, properties and payloads.</summary>
    public required long QueuedBytes { get; init; }

    /// <summary>Retained and queued messages.</summary>
    public long StoredMessages => RetainedMessages + QueuedMessages;

    /// <summary>Their topics, properties and payloads.</summary>
    public long StoredBytes => RetainedBytes + QueuedBytes;

    /// <summary>Managed memory in use.</summary>
    public required long HeapBytes { get; init; }
}
