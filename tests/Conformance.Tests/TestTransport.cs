using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>What this run's tests speak through: <c>CONFORMANCE_TRANSPORT</c> is <c>tcp</c>, the default, or <c>websocket</c>.</summary>
internal static class TestTransport
{
    private const string Variable = "CONFORMANCE_TRANSPORT";

    public static TransportKind Kind { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "tcp" => TransportKind.Tcp,
        "websocket" => TransportKind.WebSocket,
        var other => throw new InvalidOperationException($"{Variable}={other} is none of tcp, websocket"),
    };

    public static Endpoint Of(BrokerProcess broker) => Kind == TransportKind.WebSocket ? broker.WebSocket! : broker.Tcp;
}
