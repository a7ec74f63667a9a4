using System.Runtime.CompilerServices;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>This silo's connections whose sessions are on other silos: hands them what their sessions send.</summary>
internal sealed class RemoteSessions(IConnectionRegistry connections, NodeSenders senders, BrokerCounters counters, BrokerClock clock)
{
    /// <summary>Goes with the connection: nobody has to say that it ended.</summary>
    private readonly ConditionalWeakTable<IGatewayConnection, RemoteSession> _sessions = [];

    public void ToConnection(NodeItem item, SiloAddress from)
    {
        if (!connections.TryGet(item.ConnectionId, out var connection))
        {
            // The gateway tells nobody of the end of what was never attached, and a report of it may have been lost with a silo.
            if (item.Kind is NodeItemKind.Attached or NodeItemKind.AskActivity) SayGone(item, from);
            return;
        }

        switch (item.Kind)
        {
            case NodeItemKind.Attached:
                Attach(connection, item, from);
                break;
            case NodeItemKind.Send:
                if (_sessions.TryGetValue(connection, out var session)) session.Publish(connection, item);
                break;
            case NodeItemKind.SendAcknowledge:
                connection.Acknowledge((PacketType)item.PacketType, item.PacketIdentifier, item.Reason);
                break;
            case NodeItemKind.SendSubAck:
                connection.SubAck(new SubAckPacket { PacketIdentifier = item.PacketIdentifier, ReasonCodes = item.Reasons! });
                break;
            case NodeItemKind.SendUnsubAck:
                connection.UnsubAck(new UnsubAckPacket { PacketIdentifier = item.PacketIdentifier, ReasonCodes = item.Reasons! });
                break;
            case NodeItemKind.Close:
                connection.Close(item.Reason);
                break;
            case NodeItemKind.AskActivity:
                ReportActivity(connection, item, from);
                break;
        }
    }

    private void Attach(IGatewayConnection connection, NodeItem item, SiloAddress from)
    {
        var session = new RemoteSession(from, item.ClientId, senders, counters, clock);
        _sessions.AddOrUpdate(connection, session);
        connection.Attached(session, new ConnAckPacket { SessionPresent = item.SessionPresent, SessionExpiryIntervalSeconds = item.Number });
    }

    private void ReportActivity(IGatewayConnection connection, NodeItem item, SiloAddress from) => senders.Send(from, new NodeItem
    {
        Kind = NodeItemKind.Activity,
        ClientId = item.ClientId,
        ConnectionId = item.ConnectionId,
        Milliseconds = clock.NowMilliseconds - connection.LastPacketMilliseconds,
    });

    /// <summary>A client that was never told that it is connected has no will.</summary>
    private void SayGone(NodeItem item, SiloAddress from) => senders.Send(from, new NodeItem
    {
        Kind = NodeItemKind.ConnectionGone,
        ClientId = item.ClientId,
        ConnectionId = item.ConnectionId,
        PublishWill = item.Kind == NodeItemKind.AskActivity,
    });
}
