using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>What one matching subscription allows: the part of a route that a delivery needs.</summary>
public readonly record struct RouteGrant(uint Version, QoS QoS, bool NoLocal, bool RetainAsPublished, uint Identifier);
