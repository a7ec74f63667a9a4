using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>Subscription Options and Subscription Identifier (0 for none) as granted by the server.</summary>
public readonly record struct SubscriptionOptions(
    QoS QoS,
    bool NoLocal,
    bool RetainAsPublished,
    RetainHandling RetainHandling,
    uint Identifier);
