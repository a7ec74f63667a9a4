using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// A connection's session on another silo. That silo cannot see how full the connection's output is: what does not fit waits here, bounded by
/// the client's Receive Maximum; QoS 0 does not wait.
/// </summary>
internal sealed class RemoteSession(SiloAddress silo, string clientId, NodeSenders senders, BrokerCounters counters, BrokerClock clock) : ISessionEntry
{
    private readonly Queue<NodeItem> _waiting = new();

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
        Message = publication,
    });

    public bool RefuseOverdue(ISessionConnection connection, ushort packetIdentifier) => Send(new NodeItem
    {
        Kind = NodeItemKind.RefuseOverdue,
        ClientId = clientId,
        ConnectionId = connection.ConnectionId,
        PacketIdentifier = packetIdentifier,
    });

    public bool OutputDrained(ISessionConnection connection)
    {
        lock (_waiting)
        {
            while (_waiting.TryPeek(out var item) && TryPublish(connection, item)) _waiting.Dequeue();
        }

        return !senders.IsDead(silo);
    }

    /// <summary>A PUBLISH of the session, in order.</summary>
    public void Publish(ISessionConnection connection, NodeItem item)
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0 && TryPublish(connection, item)) return;
            if (item.QoS == (byte)QoS.AtMostOnce) counters.Drop(DropReason.SlowConsumer);
            else _waiting.Enqueue(item);
        }
    }

    /// <summary>False when the output is full.</summary>
    private bool TryPublish(ISessionConnection connection, NodeItem item)
    {
        var outcome = connection.Publish(new OutboundPublish(
            item.Message!,
            item.PacketIdentifier,
            (QoS)item.QoS,
            item.Duplicate,
            item.Retain,
            item.SubscriptionIdentifiers,
            clock.NowMilliseconds));
        if (outcome == SendOutcome.TooLarge) EndTooLarge(connection, item);
        return outcome != SendOutcome.Full;
    }

    /// <summary>[MQTT5-3.1.2-25]: as if it had been sent; the session counts it and gives its identifier free.</summary>
    private void EndTooLarge(ISessionConnection connection, NodeItem item)
    {
        if (item.QoS == (byte)QoS.AtMostOnce) counters.Drop(DropReason.PacketTooLarge);
        else Acknowledge(connection, item.QoS == (byte)QoS.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec, item.PacketIdentifier, ReasonCode.PacketTooLarge);
    }

    private bool Send(NodeItem item)
    {
        if (senders.IsDead(silo)) return false;
        senders.Send(silo, item);
        return true;
    }
}
