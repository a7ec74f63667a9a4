using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Transports;

/// <summary>How a client reaches the broker.</summary>
internal abstract class Transport
{
    /// <summary>The transports of these names, to a broker that serves them.</summary>
    public static IReadOnlyList<Transport> Of(BrokerProcess broker, IReadOnlyList<string> names) =>
        [.. names.Select(Transport (name) => name switch
        {
            "tcp" => new TcpTransport(broker.Tcp),
            "websocket" => new WebSocketTransport(broker.WebSocket ?? throw new InvalidOperationException("the broker does not serve WebSocket")),
            _ => throw new ArgumentException($"no transport is named {name}"),
        })];

    public abstract Task<TransportStream> OpenAsync();
}
