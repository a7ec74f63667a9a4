using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>What a durable session is, apart from its messages and subscriptions.</summary>
/// <param name="Incarnation">Identity of this session among all that its client id ever had.</param>
/// <param name="Epoch">Raised by every CONNECT.</param>
/// <param name="DisconnectedAtMilliseconds">Monotonic; null while connected. Stored as UTC (invariant B16).</param>
public readonly record struct SessionHeader(
    long Incarnation,
    long Epoch,
    ProtocolVersion Version,
    uint ExpiryIntervalSeconds,
    string? UserName,
    long? DisconnectedAtMilliseconds);
