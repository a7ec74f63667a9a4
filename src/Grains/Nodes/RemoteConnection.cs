using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Sessions;
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
    private volatile bool _hasMoved;

    public long ConnectionId => connectionId;

    public SiloAddress Gateway => gateway;

    /// <summary>Of the hand-over that made it; 0 for a CONNECT.</summary>
    public long HandOver { get; init; }

    public bool QueuesItself => true;

    public void Attached(Session session, bool sessionPresent) => Send(new NodeItem
    {
        Kind = NodeItemKind.Attached,
        ConnectionId = connectionId,
        ClientId = clientId,
        SessionPresent = sessionPresent,
        Number = session.ExpiryIntervalSeconds,
        Incarnation = session.Incarnation,
        Epoch = session.Epoch,
        IsDurable = session.IsDurable,
    });

    /// <summary>Before anything else that this activation sends.</summary>
    public void Reattached(long epoch) => Send(new NodeItem { Kind = NodeItemKind.Reattached, ConnectionId = connectionId, ClientId = clientId, Epoch = epoch });

    /// <summary>The session goes on elsewhere: the last that this activation sends.</summary>
    public void Moved()
    {
        Send(new NodeItem { Kind = NodeItemKind.Moved, ConnectionId = connectionId, ClientId = clientId });
        _hasMoved = true;
    }

    public SendOutcome Publish(in OutboundPublish publish)
    {
        var source = publish.QoS == QoS.AtMostOnce ? null : publish.Message.Source as DeliverySeries;
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
            Sequence = publish.Sequence,
            Source = source?.Silo,
            Token = source is null ? 0 : publish.Message.Token,
        };
        if (publish.QoS == QoS.AtMostOnce) senders.SendDroppable(gateway, item);
        else Send(item, publish.Part);
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

    public void SubAck(SubAckPacket packet) => SubAck(packet, null, null);

    /// <param name="held">What a transient session holds by it.</param>
    /// <param name="ended">Versions that it holds no more.</param>
    public void SubAck(SubAckPacket packet, IEnumerable<Subscription>? held, IEnumerable<uint>? ended) => Send(new NodeItem
    {
        Kind = NodeItemKind.SendSubAck,
        ConnectionId = connectionId,
        PacketIdentifier = packet.PacketIdentifier,
        Reasons = [.. packet.ReasonCodes],
        Subscriptions = held?.Select(SubscriptionRecord.From).ToArray(),
        Ended = ended?.ToArray(),
    });

    /// <summary>For the gateway alone: what a transient session holds, and holds no more, without a packet to say so.</summary>
    public void Holds(IEnumerable<Subscription> held, IEnumerable<uint> ended) => Send(new NodeItem
    {
        Kind = NodeItemKind.HeldSubscriptions,
        ConnectionId = connectionId,
        Subscriptions = [.. held.Select(SubscriptionRecord.From)],
        Ended = [.. ended],
    });

    /// <summary>Completes when all that was sent until now is with the gateway, or that is dead.</summary>
    public Task ArrivedAsync() => senders.ArrivedAsync(gateway, connectionId);

    public void UnsubAck(UnsubAckPacket packet) => UnsubAck(packet, null);

    /// <inheritdoc cref="SubAck(SubAckPacket, IEnumerable{Subscription}?, IEnumerable{uint}?)"/>
    public void UnsubAck(UnsubAckPacket packet, IEnumerable<uint>? ended) => Send(new NodeItem
    {
        Kind = NodeItemKind.SendUnsubAck,
        ConnectionId = connectionId,
        PacketIdentifier = packet.PacketIdentifier,
        Reasons = [.. packet.ReasonCodes],
        Ended = ended?.ToArray(),
    });

    /// <summary>In front of the SUBACK that promises them: retained messages by the subscription of this version, until <see cref="RetainedSent"/>.</summary>
    public void RetainedOwed(uint version) => Send(new NodeItem { Kind = NodeItemKind.RetainedOwed, ConnectionId = connectionId, Number = version });

    /// <summary>What was owed by a subscription is owed by another version of it, which the gateway holds instead when the session is transient.</summary>
    public void RetainedRenewed(uint older, Subscription subscription, bool isDurable)
    {
        SubscriptionRecord[]? held = isDurable ? null : [SubscriptionRecord.From(subscription)];
        Send(new NodeItem { Kind = NodeItemKind.RetainedOwed, ConnectionId = connectionId, Number = subscription.Version, Subscriptions = held });
        RetainedSent(older);
    }

    public void RetainedSent(uint version) => Send(new NodeItem { Kind = NodeItemKind.RetainedSent, ConnectionId = connectionId, Number = version });

    public void Close(ReasonCode reason) => Send(new NodeItem { Kind = NodeItemKind.Close, ConnectionId = connectionId, Reason = reason });

    /// <inheritdoc/>
    public void Redirect(ReasonCode reason, string serverReference) => Send(new NodeItem
    {
        Kind = NodeItemKind.Close,
        ConnectionId = connectionId,
        Reason = reason,
        // An older gateway closes without it.
        ServerReference = senders.VersionFor(gateway) >= ItemFormats.ServerReferenceFrom ? serverReference : null,
    });

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

    private void Send(in NodeItem item, DurablePart? settleWhenAccepted = null)
    {
        if (!_hasMoved) senders.Send(gateway, item, settleWhenAccepted);
    }
}
