using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Listeners:*</c>; an empty list is off.</summary>
internal sealed record ListenersOptions
{
    [Listen("Where MQTT over TCP is served.")]
    public IReadOnlyList<ListenAddress> Tcp { get; init; } = ListenAddress.Loopback(1883);

    [Choice("What carries MQTT over TCP: `Epoll`, on Linux, cheaper for each message and connection, or `Kestrel`, everywhere; `Auto` is `Epoll` on Linux and `Kestrel` elsewhere.")]
    public TcpTransport TcpTransport { get; init; } = TcpTransport.Auto;

    /// <summary>What <see cref="TcpTransport"/> comes to on this system.</summary>
    public bool UsesEpoll => TcpTransport == TcpTransport.Epoll || (TcpTransport == TcpTransport.Auto && OperatingSystem.IsLinux());

    [Listen("Where MQTT over WebSocket is served, path /mqtt, subprotocol mqtt.")]
    public IReadOnlyList<ListenAddress> WebSocket { get; init; } = ListenAddress.Loopback(8083);

    [Origins("Web pages that may open a WebSocket; clients that are no web page always may. When empty: pages from loopback, and from the host that the request names, except on loopback.")]
    public IReadOnlyList<string> WebSocketOrigins { get; init; } = [];

    [Listen("Where MQTT over TLS is served. Not built yet: must be empty.")]
    public IReadOnlyList<ListenAddress> Tls { get; init; } = [];

    [Listen("Where MQTT over secure WebSocket is served. Not built yet: must be empty.")]
    public IReadOnlyList<ListenAddress> SecureWebSocket { get; init; } = [];
}
