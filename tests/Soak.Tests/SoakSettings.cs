using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests;

/// <summary>What the environment says of a run; without it the run is the short one.</summary>
internal sealed record SoakSettings
{
    /// <summary>SOAK_MINUTES; null: two short rounds.</summary>
    public required double? Minutes { get; init; }

    /// <summary>SOAK_CLIENTS.</summary>
    public required int Clients { get; init; }

    /// <summary>SOAK_SEED: the same seed makes the same choices, though not the same interleaving.</summary>
    public required int Seed { get; init; }

    /// <summary>SOAK_ROUND_SECONDS: traffic of one round, without its end.</summary>
    public required double RoundSeconds { get; init; }

    /// <summary>SOAK_OPERATIONS: steps that all clients together take in a second.</summary>
    public required int OperationsPerSecond { get; init; }

    /// <summary>SOAK_TRANSPORTS: <c>tcp</c> and <c>websocket</c>, separated by commas; each connection takes one of them, and one that stands twice is taken twice as often.</summary>
    public required IReadOnlyList<string> Transports { get; init; }

    public bool IsShort => Minutes is null;

    public static SoakSettings FromEnvironment()
    {
        double? minutes = Text("SOAK_MINUTES") is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
        return new SoakSettings
        {
            Minutes = minutes,
            Clients = (int)Number("SOAK_CLIENTS", minutes is null ? 40 : 200),
            Seed = (int)Number("SOAK_SEED", 1),
            RoundSeconds = Number("SOAK_ROUND_SECONDS", minutes is null ? 4 : 30),
            OperationsPerSecond = (int)Number("SOAK_OPERATIONS", minutes is null ? 400 : 800),
            Transports = (Text("SOAK_TRANSPORTS") ?? (BrokerProcess.IsForeign ? "tcp" : "tcp,tcp,websocket")).Split(','),
        };
    }

    public IReadOnlyList<Endpoint> EndpointsOf(BrokerProcess broker) =>
        [.. Transports.Select(name => name switch
        {
            "tcp" => broker.Tcp,
            "websocket" => broker.WebSocket ?? throw new InvalidOperationException("the broker does not serve WebSocket"),
            _ => throw new ArgumentException($"no transport is named {name}"),
        })];

    private static double Number(string name, double otherwise) =>
        Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
