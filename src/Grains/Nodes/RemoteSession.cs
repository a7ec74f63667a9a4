using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>A connection's session on another silo.</summary>
internal sealed class RemoteSession(SiloAddress silo, string clientId, NodeSenders senders, BrokerClock clock) : ISessionEntry
{
    public bool Acknowledge(ISessionConnection connection, PacketType type, ushort packetIdentifier, ReasonCode reason) => Send(new NodeItem
    {
        Kind = NodeItemKind.Acknowledge,
        ClientId = clientId,
        ConnectionId = connection.ConnectionId,
        PacketType = (byte)type,
        PacketIdentifier = packetIdentifier,
        Reason = reason,
    });

    public bool PublishExactlyOnce(ISessionConnection connection, Publication publication) => Send(new NodeItem
    {
        Kind = NodeItemKind.PublishExactlyOnce,
        ClientId = clientId,
        ConnectionId = connection.ConnectionId,
        Message = MessageRecord.From(publication, clock.NowMilliseconds),
    });

    public bool OutputDrained(ISessionConnection connection) => Send(new NodeItem
    {
        Kind = NodeItemKind.OutputDrained,
        ClientId = clientId,
        ConnectionId = connection.ConnectionId,
    });

    private bool Send(NodeItem item)
    {
        if (senders.IsDead(silo)) return false;
        senders.Send(silo, item);
        return true;
    }
}
