namespace OrleansBroker.Silo.Options;

/// <summary>What carries MQTT over TCP.</summary>
internal enum TcpTransport
{
    /// <summary>Epoll where there is one.</summary>
    Auto,
    Kestrel,
    Epoll,
}
