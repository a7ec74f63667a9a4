namespace OrleansBroker.Broker.Sessions;

/// <summary>Where an outgoing QoS 1 or 2 message with a packet identifier stands.</summary>
public enum InflightState : byte
{
    /// <summary>No message: the slot is free.</summary>
    Free,

    /// <summary>QoS 2 of a durable session: leaves after message and identifier are committed (invariant B7).</summary>
    AwaitsCommit,

    /// <summary>PUBLISH sent; PUBACK or PUBREC awaited.</summary>
    Sent,

    /// <summary>PUBREC received and being committed; PUBREL leaves afterwards (invariant B7).</summary>
    Receiving,

    /// <summary>PUBREL sent; PUBCOMP awaited.</summary>
    Released,
}
