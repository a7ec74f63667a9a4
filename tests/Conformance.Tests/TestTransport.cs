using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>What this run's tests speak through: <c>CONFORMANCE_TRANSPORT</c> is <c>tcp</c>, the default, <c>epoll</c>, which is TCP with the
/// broker's other transport, or <c>websocket</c>.</summary>
internal static class TestTransport
{
    private const string Variable = "CONFORMANCE_TRANSPORT";
    private const string Epoll = "epoll";

    public static TransportKind Kind { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "tcp" or Epoll => TransportKind.Tcp,
        "websocket" => TransportKind.WebSocket,
        var other => throw new InvalidOperationException($"{Variable}={other} is none of tcp, epoll, websocket"),
    };

    /// <summary>A broker's settings for this transport; a test's own come behind them.</summary>
    public static IReadOnlyList<string> Settings { get; } =
        Environment.GetEnvironmentVariable(Variable) == Epoll ? ["Broker:Listeners:TcpTransport=Epoll"] : [];

    public static Endpoint Of(BrokerProcess broker) => Kind == TransportKind.WebSocket ? broker.WebSocket! : broker.Tcp;
}
