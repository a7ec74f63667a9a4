using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>A session's connection on another silo: everything goes to that gateway through one FIFO, CONNACK first (invariant B18).</summary>
internal sealed class RemoteConnection(SiloAddress gateway, long connectionId, string clientId, NodeSenders senders, BrokerClock clock)
    : ISessionConnection
{
    private const long AskIntervalMilliseconds = 1_000;

    private long _askAgainMilliseconds = long.MinValue;

    public long ConnectionId => connectionId;

    public SiloAddress Gateway => gateway;

    public void Attached(bool sessionPresent, uint sessionExpiryIntervalSeconds) => Send(new NodeItem
    {
        Kind = NodeItemKind.Attached,
        ConnectionId = connectionId,
        ClientId = clientId,
        SessionPresent = sessionPresent,
        Number = sessionExpiryIntervalSeconds,
    });

    public SendOutcome Publish(in OutboundPublish publish)
    {
        var item = new NodeItem
        {
            Kind = NodeItemKind.Send,
            ConnectionId = connectionId,
            PacketIdentifier = publish.PacketIdentifier,
            QoS = (byte)publish.QoS,
            Duplicate = publish.Duplicate,
            Retain = publish.Retain,
            SubscriptionIdentifiers = publish.SubscriptionIdentifiers,
            Message = publish.Message,
        };
        if (publish.QoS == QoS.AtMostOnce) senders.SendDroppable(gateway, item);
        else Send(item);
        return SendOutcome.Sent;
    }

    public void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason) => Send(new NodeItem
    {
        Kind = NodeItemKind.SendAcknowledge,
        ConnectionId = connectionId,
        PacketType = (byte)type,
        PacketIdentifier = packetIdentifier,
        Reason = reason,
    });

    public void SubAck(SubAckPacket packet) => Send(new NodeItem
    {
        Kind = NodeItemKind.SendSubAck,
        ConnectionId = connectionId,
        PacketIdentifier = packet.PacketIdentifier,
        Reasons = [.. packet.ReasonCodes],
    });

    public void UnsubAck(UnsubAckPacket packet) => Send(new NodeItem
    {
        Kind = NodeItemKind.SendUnsubAck,
        ConnectionId = connectionId,
        PacketIdentifier = packet.PacketIdentifier,
        Reasons = [.. packet.ReasonCodes],
    });

    public void Close(ReasonCode reason) => Send(new NodeItem { Kind = NodeItemKind.Close, ConnectionId = connectionId, Reason = reason });

    /// <summary>Asks the gateway, at most once a second; its answer enters the session's monitor.</summary>
    public bool TryRead(out long lastPacketMilliseconds)
    {
        lastPacketMilliseconds = 0;
        var now = clock.NowMilliseconds;
        if (now < _askAgainMilliseconds) return false;
        _askAgainMilliseconds = now + AskIntervalMilliseconds;
        Send(new NodeItem { Kind = NodeItemKind.AskActivity, ConnectionId = connectionId, ClientId = clientId });
        return false;
    }

    private void Send(NodeItem item) => senders.Send(gateway, item);
}
