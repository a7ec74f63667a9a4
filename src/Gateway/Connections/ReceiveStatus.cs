namespace OrleansBroker.Gateway.Connections;

/// <summary>What the transport does after it has fed a connection.</summary>
internal enum ReceiveStatus
{
    /// <summary>All complete packets are handled; feed again when more bytes have come.</summary>
    NeedMoreData,

    /// <summary>The turn is over before the bytes: write what is dirty, then feed the rest.</summary>
    TurnOver,

    /// <summary>Keep the rest and read no further until <see cref="IConnectionTransport.ResumeInput"/>.</summary>
    Paused,

    /// <summary>The connection takes no more input.</summary>
    Closed,
}
