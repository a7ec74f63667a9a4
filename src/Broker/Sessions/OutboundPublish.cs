using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>One PUBLISH from a session to its connection; valid during the call only.</summary>
/// <param name="PacketIdentifier">0 at QoS 0.</param>
/// <param name="SubscriptionIdentifiers">Of all matching subscriptions that have one; null for none. Never written.</param>
/// <param name="NowMilliseconds">Monotonic time, for what is left of the Message Expiry Interval.</param>
public readonly record struct OutboundPublish(
    Publication Message,
    ushort PacketIdentifier,
    QoS QoS,
    bool Duplicate,
    bool Retain,
    uint[]? SubscriptionIdentifiers,
    long NowMilliseconds);
