using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// A connection's session on another silo: sends what the client answers there, queues what the session sends and the client cannot take yet, and remembers what the
/// next activation must know when that silo dies (invariant B8). Between two activations the client's packets wait here, in order.
/// </summary>
internal sealed partial class RemoteSession : ISessionEntry
{
    private readonly Lock _gate = new();
    private readonly IGatewayConnection _connection;
    private readonly HeldSession _held;
    private readonly RemoteSessionServices _services;
    private readonly RemoteQueue _queue;
    private readonly Queue<NodeItem> _parked = new();
    private SiloAddress? _silo;
    private ReattachRequest? _request;
    private long _attachments = 1;
    private long _answers;
    private bool _ended;
    private TaskCompletionSource? _changed;
    private DeliverySeries? _series;

    public RemoteSession(SiloAddress silo, string clientId, IGatewayConnection connection, HeldSession held, RemoteSessionServices services)
    {
        _silo = silo;
        ClientId = clientId;
        _connection = connection;
        _held = held;
        _services = services;
        _queue = new RemoteQueue(connection, held, services);
    }

    public string ClientId { get; }

    public long ConnectionId => _connection.ConnectionId;

    /// <summary>To and from the client, QoS 0 and 1 of the latter aside, which do not pass here. Read without lock: a hint.</summary>
    public long Messages { get; private set; }

    /// <summary>Where the session is; null while it is handed over.</summary>
    public SiloAddress? Silo
    {
        get
        {
            lock (_gate) return _silo;
        }
    }

    public bool IsEnded
    {
        get
        {
            lock (_gate) return _ended;
        }
    }

    public bool Acknowledge(ISessionConnection connection, PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        lock (_gate)
        {
            if (_ended) return false;
            if (type == PacketType.PubRel) _held.Released(packetIdentifier);
            SendAcknowledge(type, packetIdentifier, reason);
            if (type != PacketType.PubRel && _held.Acknowledged(type, packetIdentifier, reason)) SendWaiting();
            return true;
        }
    }

    public bool PublishExactlyOnce(ISessionConnection connection, Publication publication)
    {
        lock (_gate)
        {
            if (_ended) return false;
            Messages++;
            _held.Published(publication);
            Send(ToItem(publication));
            return true;
        }
    }

    public bool RefuseOverdue(ISessionConnection connection, ushort packetIdentifier)
    {
        lock (_gate)
        {
            if (_ended) return false;
            // While nobody has the session nobody can refuse: it is asked for again.
            if (_silo is not null) Send(new NodeItem { Kind = NodeItemKind.RefuseOverdue, ClientId = ClientId, ConnectionId = ConnectionId, PacketIdentifier = packetIdentifier });
            return true;
        }
    }

    public bool OutputDrained(ISessionConnection connection)
    {
        lock (_gate)
        {
            if (_ended) return false;
            _queue.OutputDrained();
            SendWaiting();
            return true;
        }
    }

    /// <summary>Something of the session for its client. What another silo sends than the one that has the session is of an older activation.</summary>
    public void FromSession(in NodeItem item, SiloAddress from)
    {
        lock (_gate)
        {
            if (_ended || !from.Equals(_silo)) return;
            switch (item.Kind)
            {
                case NodeItemKind.Send:
                    Publish(item, from);
                    break;
                case NodeItemKind.SendAcknowledge:
                    var type = (PacketType)item.PacketType;
                    _connection.Acknowledge(type, item.PacketIdentifier, _held.Answered(type, item.PacketIdentifier, item.Reason));
                    break;
                case NodeItemKind.SendSubAck:
                    Hold(item);
                    _connection.SubAck(new SubAckPacket { PacketIdentifier = item.PacketIdentifier, ReasonCodes = item.Reasons! });
                    Answered();
                    break;
                case NodeItemKind.HeldSubscriptions:
                    Hold(item);
                    break;
                case NodeItemKind.RetainedOwed:
                    Hold(item);
                    _held.RetainedOwed(item.Number);
                    break;
                case NodeItemKind.RetainedSent:
                    _held.RetainedSent(item.Number);
                    break;
                case NodeItemKind.SendUnsubAck:
                    _held.Unsubscribed(item.Ended ?? []);
                    _connection.UnsubAck(new UnsubAckPacket { PacketIdentifier = item.PacketIdentifier, ReasonCodes = item.Reasons! });
                    Answered();
                    break;
            }
        }
    }

    /// <summary>The subscriptions of a transient session, as of now.</summary>
    public void CopySubscriptions(List<Subscription> subscriptions, out long incarnation)
    {
        lock (_gate)
        {
            incarnation = _held.Incarnation;
            if (!_held.IsDurable && !_ended) subscriptions.AddRange(_held.Subscriptions);
        }
    }

    /// <summary>What the session holds and holds no more, when it is a transient one.</summary>
    private void Hold(in NodeItem item) =>
        _held.Subscribed((item.Subscriptions ?? []).Select(static subscription => subscription.ToSubscription()), item.Ended ?? []);

    private void Publish(in NodeItem item, SiloAddress from)
    {
        Messages++;
        var publication = item.Message!;
        if (item.QoS != (byte)QoS.AtMostOnce)
        {
            var held = new HeldOutbound(item.PacketIdentifier, item.Sequence, (QoS)item.QoS, HeldPhase.Sent, item.Token == 0 ? null : SeriesOf(item.Source ?? from, item.Token), item.Token);
            _held.Sent(held, publication.Origin);
        }

        _queue.Add(new WaitingMessage(publication, item.PacketIdentifier, (QoS)item.QoS, item.Duplicate, item.Retain, item.SubscriptionIdentifiers), EndUnsent);
    }

    /// <summary>Mostly that of the message before it.</summary>
    private DeliverySeries SeriesOf(SiloAddress source, long token)
    {
        if (_series is { } last && last.Number == DeliverySeries.NumberOf(token) && last.Silo.Equals(source)) return last;
        return _series = _services.Senders.SeriesOf(source, token);
    }

    private void SendWaiting() => _queue.Send(EndUnsent);

    /// <summary>The client never gets it: as if it had answered, so that its identifier is free. The session counts what is too large, the rest is counted here.</summary>
    private void EndUnsent(WaitingMessage message, ReasonCode reason)
    {
        var type = message.QoS == QoS.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec;
        _held.Acknowledged(type, message.PacketIdentifier, reason);
        SendAcknowledge(type, message.PacketIdentifier, reason);
    }

    private NodeItem ToItem(Publication publication) => new()
    {
        Kind = NodeItemKind.PublishExactlyOnce,
        ClientId = ClientId,
        ConnectionId = ConnectionId,
        Message = publication,
    };

    private void SendAcknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason) => Send(new NodeItem
    {
        Kind = NodeItemKind.Acknowledge,
        ClientId = ClientId,
        ConnectionId = ConnectionId,
        PacketType = (byte)type,
        PacketIdentifier = packetIdentifier,
        Reason = reason,
    });

    private void Send(in NodeItem item)
    {
        if (_silo is null) _parked.Enqueue(item);
        else _services.Senders.Send(_silo, item);
    }
}
