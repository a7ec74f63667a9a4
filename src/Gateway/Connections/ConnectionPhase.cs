namespace OrleansBroker.Gateway.Connections;

/// <summary>Where a connection stands; only ever forwards.</summary>
internal enum ConnectionPhase
{
    /// <summary>Nothing but CONNECT is accepted.</summary>
    AwaitingConnect,

    /// <summary>CONNECT named an authentication method: nothing but AUTH and DISCONNECT is accepted.</summary>
    Authenticating,

    /// <summary>CONNECT is being decided; what follows it stays in the transport.</summary>
    Connecting,

    /// <summary>The session has the connection, CONNACK is out.</summary>
    Attached,

    /// <summary>Nothing more is read or appended; the transport sends what is left and closes.</summary>
    Closing,
}
