namespace OrleansBroker.Silo.Options;

/// <summary>What carries MQTT over TCP.</summary>
internal enum TcpTransport
{
    Kestrel,
    Epoll,
}
