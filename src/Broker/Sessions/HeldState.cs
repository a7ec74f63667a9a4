using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// What a gateway hands to a session's next activation for a connection that lives on (invariant B8). What it has of the client and the session has not answered is
/// sent anew behind it.
/// </summary>
public sealed record HeldState
{
    public required ConnectParameters Parameters { get; init; }

    public required long Incarnation { get; init; }

    /// <summary>Of the attachment that the gateway knows; a session with a newer one elsewhere refuses.</summary>
    public required long Epoch { get; init; }

    public required bool IsDurable { get; init; }

    /// <summary>Of a transient session, as confirmed by SUBACK.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; init; } = [];

    /// <summary>Versions of subscriptions whose retained messages SUBACK has promised and which have not all been sent: they are asked for again.</summary>
    public IReadOnlyList<uint> Owed { get; init; } = [];

    /// <summary>The highest version that the client has heard of: those of the session's subscriptions when it connected, and those that SUBACK has answered since.</summary>
    public uint LastVersion { get; init; }

    /// <summary>Highest sequence received.</summary>
    public long LastSequence { get; init; }

    /// <summary>
    /// Of a durable session: messages that the client has acknowledged last, which the journal may not know yet. What is neither here nor in <see cref="Outbound"/> was never
    /// sent on this connection.
    /// </summary>
    public IReadOnlyList<long> Ended { get; init; } = [];

    /// <summary>In the order of their sequences.</summary>
    public IReadOnlyList<HeldOutbound> Outbound { get; init; } = [];

    public IReadOnlyList<HeldDelivery> Deliveries { get; init; } = [];

    /// <summary>Of a transient session: identifiers of incoming QoS 2 messages between PUBREC and PUBREL.</summary>
    public IReadOnlyList<ushort> Received { get; init; } = [];

    /// <summary>Of a transient session: QoS 2 messages that it was given and whose publishers may hand them on again.</summary>
    public IReadOnlyList<MessageOrigin> Seen { get; init; } = [];
}
