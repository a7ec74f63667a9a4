namespace OrleansBroker.Grains.Sys;

/// <summary>A node's numbers at one moment, those aside that <see cref="Broker.Outcomes.BrokerCounters"/> has.</summary>
internal sealed record NodeSnapshot
{
    public required TimeSpan Uptime { get; init; }

    /// <summary>Connections of this node's gateway.</summary>
    public required int Connected { get; init; }

    public required int MaximumConnected { get; init; }

    /// <summary>Sessions of this node, with and without connection.</summary>
    public required int Sessions { get; init; }

    /// <summary>Sessions of this node that have no connection.</summary>
    public required int Disconnected { get; init; }

    /// <summary>Subscriptions of this node's sessions that are not shared.</summary>
    public required long Subscriptions { get; init; }

    public required long SharedSubscriptions { get; init; }

    /// <summary>Retained messages of the shards that are on this node, without $SYS.</summary>
    public required long RetainedMessages { get; init; }

    /// <summary>Retained and queued messages.</summary>
    public required long StoredMessages { get; init; }

    /// <summary>Their topics, properties and payloads.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>Managed memory in use.</summary>
    public required long HeapBytes { get; init; }
}
