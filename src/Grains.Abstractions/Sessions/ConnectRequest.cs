using System.Diagnostics;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A CONNECT on its way to its session: where the connection is, and what concerns the session.</summary>
[GenerateSerializer, Immutable, Alias("broker.ConnectRequest")]
public sealed record ConnectRequest
{
    [Id(0)] public required SiloAddress Gateway { get; init; }

    [Id(1)] public required long ConnectionId { get; init; }

    [Id(2)] public required byte Version { get; init; }

    [Id(3)] public required bool CleanStart { get; init; }

    [Id(4)] public required uint SessionExpiryIntervalSeconds { get; init; }

    [Id(5)] public required ushort KeepAliveSeconds { get; init; }

    [Id(6)] public required ushort ReceiveMaximum { get; init; }

    [Id(7)] public string? UserName { get; init; }

    [Id(8)] public WillRecord? Will { get; init; }

    /// <summary>The gateway's trace of this CONNECT, as W3C writes it in <c>traceparent</c>; null when it is not traced.</summary>
    [Id(9)] public string? TraceParent { get; init; }

    public static ConnectRequest From(ConnectParameters parameters, SiloAddress gateway, long connectionId) => new()
    {
        Gateway = gateway,
        ConnectionId = connectionId,
        Version = (byte)parameters.Version,
        CleanStart = parameters.CleanStart,
        SessionExpiryIntervalSeconds = parameters.SessionExpiryIntervalSeconds,
        KeepAliveSeconds = parameters.KeepAliveSeconds,
        ReceiveMaximum = parameters.ReceiveMaximum,
        UserName = parameters.UserName,
        Will = parameters.Will is null ? null : WillRecord.From(parameters.Will),
        TraceParent = Activity.Current is { } trace && trace.Source == BrokerMeter.Traces ? trace.Id : null,
    };

    public ConnectParameters ToParameters(string clientId) => new()
    {
        ClientId = clientId,
        Version = (ProtocolVersion)Version,
        CleanStart = CleanStart,
        SessionExpiryIntervalSeconds = SessionExpiryIntervalSeconds,
        KeepAliveSeconds = KeepAliveSeconds,
        ReceiveMaximum = ReceiveMaximum,
        UserName = UserName,
        Will = Will?.ToWill(),
    };
}
