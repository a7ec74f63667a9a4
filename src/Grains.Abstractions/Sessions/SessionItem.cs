namespace OrleansBroker.Grains.Sessions;

/// <summary>A session in a list. Times are UTC milliseconds; 0 where a time is not known or there is none.</summary>
[GenerateSerializer, Immutable, Alias("broker.SessionItem")]
public sealed record SessionItem
{
    /// <summary>An incarnation begins with the time of its making, in UTC milliseconds above so many bits.</summary>
    public const int IncarnationCounterBits = 20;

    [Id(0)] public required string ClientId { get; init; }

    [Id(1)] public SessionParts Parts { get; init; }

    /// <summary>Identity of this session among all that its client id ever had; a later one is greater.</summary>
    [Id(2)] public long Incarnation { get; init; }

    /// <summary>Raised by every CONNECT.</summary>
    [Id(3)] public long Epoch { get; init; }

    [Id(4)] public bool IsConnected { get; init; }

    /// <summary>Protocol level of the last CONNECT: 3, 4 or 5.</summary>
    [Id(5)] public byte Version { get; init; }

    [Id(6)] public string? UserName { get; init; }

    /// <summary>Seconds; 0 ends the session with its connection, <see cref="uint.MaxValue"/> never ends it.</summary>
    [Id(7)] public uint ExpiryIntervalSeconds { get; init; }

    /// <summary>When the last connection ended.</summary>
    [Id(8)] public long DisconnectedAt { get; init; }

    /// <summary>Of the connection; 0 is off.</summary>
    [Id(9)] public ushort KeepAliveSeconds { get; init; }

    /// <summary>The node that has the connection.</summary>
    [Id(10)] public SiloAddress? Gateway { get; init; }

    /// <summary>IP address and port that the connection comes from.</summary>
    [Id(11)] public string? RemoteAddress { get; init; }

    /// <summary>When the connection was accepted.</summary>
    [Id(12)] public long ConnectedAt { get; init; }

    /// <summary>When the connection's last packet came.</summary>
    [Id(13)] public long LastPacketAt { get; init; }

    /// <summary>Messages on their way to the client. Without connection there are none: what was not acknowledged is sent again, and is among those that wait.</summary>
    [Id(14)] public int InflightOut { get; init; }

    /// <summary>QoS 2 messages of the client whose exchange has not ended.</summary>
    [Id(15)] public int InflightIn { get; init; }

    /// <summary>Messages that wait for the client; only where asked for.</summary>
    [Id(16)] public int Queued { get; init; }

    /// <summary>Bytes of their topics, properties and payloads.</summary>
    [Id(17)] public long QueuedBytes { get; init; }

    /// <summary>Subscriptions; only where asked for.</summary>
    [Id(18)] public int Subscriptions { get; init; }

    /// <summary>There are more messages or subscriptions than were counted.</summary>
    [Id(19)] public bool HasMore { get; init; }

    /// <summary>When a session without connection ends unless it gets one; null for never.</summary>
    public long? ExpiresAt => IsConnected || DisconnectedAt == 0 || ExpiryIntervalSeconds == uint.MaxValue ? null : DisconnectedAt + (ExpiryIntervalSeconds * 1000L);

    /// <summary>When the session was made.</summary>
    public long CreatedAt => Incarnation >> IncarnationCounterBits;

    /// <summary>When the client was heard of last.</summary>
    public long LastSeenAt => IsConnected ? LastPacketAt : DisconnectedAt;

    public bool IsNewerThan(SessionItem other) => Incarnation != other.Incarnation ? Incarnation > other.Incarnation : Epoch > other.Epoch;
}
