namespace OrleansBroker.Gateway.Connections;

/// <summary>Why a connection ended, for the log and the metrics; closed.</summary>
internal enum CloseCause
{
    /// <summary>The client sent DISCONNECT.</summary>
    ClientDisconnect,

    /// <summary>The network connection ended without DISCONNECT.</summary>
    NetworkEnd,

    /// <summary>No complete CONNECT in time.</summary>
    ConnectTimeout,

    /// <summary>The first packet was not CONNECT, or not readable as one.</summary>
    NotMqtt,

    /// <summary>CONNECT was refused.</summary>
    Refused,

    /// <summary>A packet broke the standard or a limit that the client was told.</summary>
    ProtocolViolation,

    /// <summary>The client could not prove anew who it is.</summary>
    ReauthenticationFailed,

    /// <summary>The session closed it: takeover, keep-alive, management.</summary>
    Session,

    /// <summary>The session is no longer where the connection believed it to be.</summary>
    SessionLost,

    /// <summary>The client does not read: acknowledgements and pings alone passed the hard bound of the output.</summary>
    OutputOverflow,

    /// <summary>The store does not answer, and the client's protocol has no word for that.</summary>
    StoreUnavailable,

    /// <summary>The node, or the connection's session, is cut off from the cluster.</summary>
    CutOff,

    /// <summary>The node shuts down.</summary>
    Shutdown,

    /// <summary>A fault of the broker, which the log has; only this connection suffers.</summary>
    Fault,

    /// <summary>So many have sent no CONNECT yet that this one was cut at once, or the node stops.</summary>
    NotAccepted,
}
