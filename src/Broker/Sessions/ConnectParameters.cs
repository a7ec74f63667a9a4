using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>What a CONNECT says that concerns the session, after the gateway applied its limits.</summary>
public sealed record ConnectParameters
{
    public required string ClientId { get; init; }

    public required ProtocolVersion Version { get; init; }

    /// <summary>Clean Start of 5.0, Clean Session of 3.x.</summary>
    public required bool CleanStart { get; init; }

    /// <summary>Seconds; 0 ends the session with its connection, <see cref="uint.MaxValue"/> never ends it. 3.x: 0 or never.</summary>
    public required uint SessionExpiryIntervalSeconds { get; init; }

    /// <summary>Seconds after the server's override; 0 is off.</summary>
    public required ushort KeepAliveSeconds { get; init; }

    /// <summary>Outbound QoS 1 and 2 window: the client's Receive Maximum, capped by the server's own bound; never 0.</summary>
    public required ushort ReceiveMaximum { get; init; }

    public string? UserName { get; init; }

    public WillMessage? Will { get; init; }
}
