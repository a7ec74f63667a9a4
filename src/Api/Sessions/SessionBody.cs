using System.ComponentModel;

namespace OrleansBroker.Api.Sessions;

/// <summary>A session in a list, with the fields that were asked for: for the document; lists are written by <see cref="SessionField"/>.</summary>
internal sealed record SessionBody
{
    public required string ClientId { get; init; }

    public bool? Connected { get; init; }

    [Description("Who connected last; absent when it was anonymous.")]
    public string? Username { get; init; }

    [Description("MQTT version of the last CONNECT: 3.1, 3.1.1 or 5.0.")]
    public string? ProtocolVersion { get; init; }

    [Description("The node that has the connection.")]
    public string? Node { get; init; }

    [Description("Where the connection comes from: IP address and port.")]
    public string? Address { get; init; }

    [Description("Seconds, as it holds for this connection; 0 is off.")]
    public int? KeepAlive { get; init; }

    [Description("When the session was made.")]
    public DateTimeOffset? CreatedAt { get; init; }

    [Description("When the connection was accepted.")]
    public DateTimeOffset? ConnectedAt { get; init; }

    [Description("When the client was heard of last: its last packet, or the end of its connection. Absent when that is not known.")]
    public DateTimeOffset? LastSeenAt { get; init; }

    [Description("When the last connection ended; absent while there is one.")]
    public DateTimeOffset? DisconnectedAt { get; init; }

    [Description("Session Expiry Interval in seconds; 0 ends the session with its connection, 4294967295 never ends it.")]
    public long? SessionExpiryInterval { get; init; }

    [Description("When the session ends unless a client connects; absent while one is connected, and when it never ends.")]
    public DateTimeOffset? ExpiresAt { get; init; }

    [Description("Raised by every CONNECT.")]
    public long? Epoch { get; init; }

    [Description("QoS 1 and 2 messages on their way to the client. 0 without connection: what was not acknowledged is sent again, and is among those that wait.")]
    public int? InflightOutgoing { get; init; }

    [Description("QoS 2 messages of the client whose exchange has not ended.")]
    public int? InflightIncoming { get; init; }

    [Description("Messages that wait for the client. Only where asked for.")]
    public int? QueuedMessages { get; init; }

    [Description("Bytes of their topics, properties and payloads. Only where asked for.")]
    public long? QueuedBytes { get; init; }

    [Description("Only where asked for.")]
    public int? Subscriptions { get; init; }

    [Description("True where there are more messages or subscriptions than were counted: a list counts 100,000 of a session that is in the store alone.")]
    public bool? CountedInPart { get; init; }
}
