using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

internal sealed class FakeSession : ISessionEntry
{
    public bool IsHere { get; set; } = true;

    public List<(PacketType Type, ushort PacketIdentifier, ReasonCode Reason)> Acknowledged { get; } = [];

    public List<Publication> ExactlyOnce { get; } = [];

    public int Drained { get; private set; }

    public Action? OnDrained { get; set; }

    /// <summary>What a session does with an acknowledgement.</summary>
    public Action<PacketType, ushort, ReasonCode>? OnAcknowledged { get; set; }

    /// <summary>What a session does with a QoS 2 message.</summary>
    public Action<Publication>? OnExactlyOnce { get; set; }

    public bool Acknowledge(ISessionConnection connection, PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        Acknowledged.Add((type, packetIdentifier, reason));
        OnAcknowledged?.Invoke(type, packetIdentifier, reason);
        return IsHere;
    }

    public bool PublishExactlyOnce(ISessionConnection connection, Publication publication)
    {
        ExactlyOnce.Add(publication);
        OnExactlyOnce?.Invoke(publication);
        return IsHere;
    }

    public List<ushort> Overdue { get; } = [];

    public bool RefuseOverdue(ISessionConnection connection, ushort packetIdentifier)
    {
        Overdue.Add(packetIdentifier);
        return IsHere;
    }

    public bool OutputDrained(ISessionConnection connection)
    {
        Drained++;
        OnDrained?.Invoke();
        return IsHere;
    }
}
