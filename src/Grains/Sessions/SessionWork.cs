using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>One piece of work for a session's monitor; which fields count depends on the kind.</summary>
internal readonly record struct SessionWork(
    SessionWorkKind Kind,
    object? First = null,
    object? Second = null,
    ulong Number = 0,
    ushort PacketIdentifier = 0,
    PacketType PacketType = 0,
    ReasonCode Reason = 0,
    DeliveryWay Way = DeliveryWay.Shard);
