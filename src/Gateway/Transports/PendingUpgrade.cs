using Microsoft.AspNetCore.Connections;

namespace OrleansBroker.Gateway.Transports;

/// <summary>A socket of a WebSocket listener, from its acceptance to its upgrade. As a feature of the connection it also says which listener a request came to.</summary>
internal sealed class PendingUpgrade(ConnectionContext connection, long acceptedAtMilliseconds)
{
    public ConnectionContext Connection { get; } = connection;

    public long AcceptedAtMilliseconds { get; } = acceptedAtMilliseconds;
}
