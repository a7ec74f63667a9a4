namespace OrleansBroker.Broker.Sessions;

/// <summary>Where an outgoing QoS 1 or 2 message stands as its gateway has seen it; the numbers are a wired contract.</summary>
public enum HeldPhase : byte
{
    /// <summary>The gateway has the PUBLISH, sent or queued; no answer of the client has passed.</summary>
    Sent = 0,

    /// <summary>The client's PUBREC has passed, the session's PUBREL has not.</summary>
    Received = 1,

    /// <summary>PUBREL has passed, PUBCOMP has not.</summary>
    Released = 2,
}
