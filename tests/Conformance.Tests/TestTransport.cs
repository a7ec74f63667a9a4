using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>What this run's tests speak through: <c>CONFORMANCE_TRANSPORT</c> is <c>tcp</c>, which is what the program
/// takes by itself, <c>epoll</c> or <c>kestrel</c>, which are TCP by those means, or <c>websocket</c>.</summary>
internal static class TestTransport
{
    private const string Variable = "CONFORMANCE_TRANSPORT";
    private const string Epoll = "epoll";
    private const string Kestrel = "kestrel";

    public static TransportKind Kind { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "tcp" or Epoll or Kestrel => TransportKind.Tcp,
        "websocket" => TransportKind.WebSocket,
        var other => throw new InvalidOperationException($"{Variable}={other} is none of tcp, epoll, kestrel, websocket"),
    };

    /// <summary>A broker's settings for this transport; a test's own come behind them.</summary>
    public static IReadOnlyList<string> Settings { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        Epoll => ["Broker:Listeners:TcpTransport=Epoll"],
        Kestrel => ["Broker:Listeners:TcpTransport=Kestrel"],
        _ => [],
    };

    public static Endpoint Of(BrokerProcess broker) => Kind == TransportKind.WebSocket ? broker.WebSocket! : broker.Tcp;
}
