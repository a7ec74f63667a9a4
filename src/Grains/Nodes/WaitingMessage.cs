using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>A PUBLISH of a session on another silo that its connection cannot take yet.</summary>
internal readonly record struct WaitingMessage(
    Publication Publication, ushort PacketIdentifier, QoS QoS, bool Duplicate, bool Retain, uint[]? SubscriptionIdentifiers);
