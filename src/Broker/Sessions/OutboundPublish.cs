using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>One PUBLISH from a session to its connection; valid during the call only.</summary>
/// <param name="PacketIdentifier">0 at QoS 0.</param>
/// <param name="SubscriptionIdentifiers">Of all matching subscriptions that have one; null for none. Never written.</param>
/// <param name="NowMilliseconds">Monotonic time, for what is left of the Message Expiry Interval.</param>
/// <param name="Sequence">Of the message in its session; 0 at QoS 0.</param>
/// <param name="Part">What the connection settles when its gateway has the message; only for <see cref="ISessionConnection.QueuesItself"/>.</param>
public readonly record struct OutboundPublish(
    Publication Message,
    ushort PacketIdentifier,
    QoS QoS,
    bool Duplicate,
    bool Retain,
    uint[]? SubscriptionIdentifiers,
    long NowMilliseconds,
    long Sequence = 0,
    DurablePart? Part = null);
