using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <summary>An awaited call on the session; exactly one of connect, subscribe, unsubscribe and closed is set.</summary>
/// <param name="Refusals">With <paramref name="Subscribe"/>: one for each filter.</param>
internal readonly record struct ControlOperation(
    ConnectPacket? Connect = null,
    SubscribePacket? Subscribe = null,
    ReasonCode[]? Refusals = null,
    UnsubscribePacket? Unsubscribe = null,
    ClosedConnection? Closed = null);
