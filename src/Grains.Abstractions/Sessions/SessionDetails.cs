namespace OrleansBroker.Grains.Sessions;

/// <summary>All that is said of one session. Times as in <see cref="SessionItem"/>.</summary>
[GenerateSerializer, Immutable, Alias("broker.SessionDetails")]
public sealed record SessionDetails
{
    /// <summary>With queue and subscriptions counted.</summary>
    [Id(0)] public required SessionItem Item { get; init; }

    /// <summary>The node that has the session in memory.</summary>
    [Id(1)] public SiloAddress? Core { get; init; }

    /// <summary>Of the connection's CONNECT.</summary>
    [Id(2)] public bool CleanStart { get; init; }

    /// <summary>Messages that may be on their way to the client at once.</summary>
    [Id(3)] public ushort ReceiveMaximum { get; init; }

    /// <summary>The body holds topic and properties, and the payload only where asked for.</summary>
    [Id(4)] public WillRecord? Will { get; init; }

    [Id(5)] public int WillPayloadBytes { get; init; }

    /// <summary>When the oldest message that waits was queued; of sessions that outlive their connections.</summary>
    [Id(6)] public long OldestQueuedAt { get; init; }

    /// <summary>Messages of this session that were dropped; of one that outlives its connections all but those before a crash of its node.</summary>
    [Id(7)] public DropCount[] Drops { get; init; } = [];

    /// <summary>PUBLISH packets of the connection from its client.</summary>
    [Id(8)] public long MessagesReceived { get; init; }

    /// <summary>PUBLISH packets of the connection to its client.</summary>
    [Id(9)] public long MessagesSent { get; init; }
}
