using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// What a gateway remembers of a session that is on another silo, so that the session can go on elsewhere when that silo dies (invariant B8): every packet
/// of an exchange passes here, in both directions. Bounded by both Receive Maximums, by the number of subscriptions, and for a transient session by its queue limits.
/// Not thread-safe: used under the lock of the connection's stand-in.
/// </summary>
/// <param name="lastVersion">The highest that a subscription of the session had when its client connected; 0 for none.</param>
public sealed class HeldSession(ConnectParameters parameters, long incarnation, long epoch, bool isDurable, uint lastVersion = 0)
{
    /// <summary>2 KiB.</summary>
    private const int MaxEndedAtLeastOnce = 256;

    private readonly Dictionary<ushort, HeldOutbound> _outbound = [];
    private Dictionary<(object Source, QoS QoS), long>? _deliveries;
    private Dictionary<ushort, HeldInbound>? _inbound;
    private Queue<(long Number, ushort PacketIdentifier)>? _unanswered;
    private SeenMessages? _seen;
    private SubscriptionSet _subscriptions;
    private HashSet<uint>? _owed;
    private uint _lastVersion = lastVersion;
    private long _lastSequence;
    private RecentSequences _endedAtLeastOnce;
    private RecentSequences _endedExactlyOnce;
    private long _lastNumber;
    private long _lastOrder;

    public ConnectParameters Parameters { get; } = parameters;

    public long Incarnation { get; } = incarnation;

    public long Epoch { get; private set; } = epoch;

    public bool IsDurable { get; } = isDurable;

    /// <summary>Of a transient session.</summary>
    public ReadOnlySpan<Subscription> Subscriptions => _subscriptions.Items;

    public int OutboundCount => _outbound.Count;

    /// <summary>Retained messages that a SUBACK has promised are still to come.</summary>
    public bool OwesRetained => _owed is { Count: > 0 };

    /// <summary>Another activation has the session.</summary>
    public void Reattached(long epoch) => Epoch = epoch;

    /// <summary>The session's QoS 1 or 2 PUBLISH has come; from now on it is the gateway's to send.</summary>
    public void Sent(in HeldOutbound message, MessageOrigin? origin)
    {
        _outbound[message.PacketIdentifier] = message;
        _lastSequence = Math.Max(_lastSequence, message.Sequence);
        if (message.Source is { } source) (_deliveries ??= [])[(source, message.QoS)] = message.Token;
        if (!IsDurable && message.QoS == QoS.ExactlyOnce && origin is not null) NoteSeen(origin);
    }

    /// <summary>The client's PUBACK, PUBREC or PUBCOMP for an outgoing message.</summary>
    /// <returns>True when its packet identifier is free now.</returns>
    public bool Acknowledged(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        if (!_outbound.TryGetValue(packetIdentifier, out var message)) return false;
        switch (type)
        {
            case PacketType.PubAck when message.QoS == QoS.AtLeastOnce:
            case PacketType.PubComp when message.Phase == HeldPhase.Released:
            case PacketType.PubRec when message is { QoS: QoS.ExactlyOnce, Phase: HeldPhase.Sent } && reason >= ReasonCode.UnspecifiedError:
                End(message);
                return true;
            case PacketType.PubRec when message is { QoS: QoS.ExactlyOnce, Phase: HeldPhase.Sent }:
                _outbound[packetIdentifier] = message with { Phase = HeldPhase.Received };
                return false;
            default:
                return false;
        }
    }

    /// <summary>The session's PUBREL for an outgoing message, PUBREC or PUBCOMP for an incoming one, on its way to the client.</summary>
    /// <returns>The reason to send.</returns>
    public ReasonCode Answered(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        switch (type)
        {
            case PacketType.PubRel:
                if (_outbound.TryGetValue(packetIdentifier, out var message) && message.Phase == HeldPhase.Received)
                {
                    _outbound[packetIdentifier] = message with { Phase = HeldPhase.Released };
                }

                return reason;
            case PacketType.PubRec:
                if (_inbound is null || !_inbound.TryGetValue(packetIdentifier, out var incoming)) return reason;
                // A reason code of 0x80 or more ends the exchange for 5.0 clients [MQTT5-4.3.3-9].
                if (reason >= ReasonCode.UnspecifiedError && Parameters.Version == ProtocolVersion.Mqtt5) _inbound.Remove(packetIdentifier);
                else _inbound[packetIdentifier] = incoming with { Publication = null };
                return reason;
            case PacketType.PubComp:
                // Sent again to a session that had freed the identifier before, PUBREL finds it unknown; the client released it rightly.
                return _inbound is not null && _inbound.Remove(packetIdentifier, out var released) && released.IsReleased ? ReasonCode.Success : reason;
            default:
                return reason;
        }
    }

    /// <summary>
    /// The client's QoS 2 PUBLISH. A transient session's messages are given their identity here, as nothing of the session outlives its silo: one that is handed on again
    /// is the same to its receivers (invariant B6), and none below the lowest that has no PUBREC comes again.
    /// </summary>
    public void Published(Publication publication)
    {
        var identifier = publication.PacketIdentifier;
        // A redelivery under an open identifier is the same message.
        if (_inbound is not null && _inbound.TryGetValue(identifier, out var known))
        {
            publication.Origin = known.Publication?.Origin;
            return;
        }

        var number = ++_lastNumber;
        (_inbound ??= [])[identifier] = new HeldInbound(identifier, ++_lastOrder, number, publication.Keep(), IsReleased: false);
        if (IsDurable) return;
        (_unanswered ??= new()).Enqueue((number, identifier));
        while (_unanswered.Peek() is var first && !(_inbound.TryGetValue(first.PacketIdentifier, out var open) && open.Number == first.Number && open.Publication is not null))
        {
            _unanswered.Dequeue();
        }

        publication.Origin = new MessageOrigin(Incarnation, number, _unanswered.Peek().Number);
    }

    /// <summary>The client's PUBREL.</summary>
    public void Released(ushort packetIdentifier)
    {
        if (_inbound is null || !_inbound.TryGetValue(packetIdentifier, out var incoming) || incoming.Publication is not null) return;
        _inbound[packetIdentifier] = incoming with { IsReleased = true, Order = ++_lastOrder };
    }

    /// <summary>A SUBACK passes.</summary>
    /// <param name="version">The highest of the subscriptions that it answers; 0 for none.</param>
    public void SubAck(uint version) => _lastVersion = Math.Max(_lastVersion, version);

    /// <summary>A SUBACK of a transient session passes.</summary>
    /// <param name="ended">Versions that are held no more.</param>
    public void Subscribed(IEnumerable<Subscription> subscriptions, IReadOnlyCollection<uint> ended)
    {
        foreach (var subscription in subscriptions)
        {
            if (_subscriptions.Restore(subscription) is { } older) _owed?.Remove(older.Version);
            _lastVersion = Math.Max(_lastVersion, subscription.Version);
        }

        Unsubscribed(ended);
    }

    /// <summary>An UNSUBACK of a transient session passes.</summary>
    public void Unsubscribed(IReadOnlyCollection<uint> versions)
    {
        if (versions.Count == 0) return;
        _owed?.ExceptWith(versions);
        foreach (var subscription in _subscriptions.Items.ToArray())
        {
            if (versions.Contains(subscription.Version)) _subscriptions.Remove(subscription);
        }
    }

    /// <summary>The SUBACK that follows promises retained messages by the subscription of this version.</summary>
    public void RetainedOwed(uint version) => (_owed ??= []).Add(version);

    /// <summary>They have all passed, or nobody wants them any more.</summary>
    public void RetainedSent(uint version) => _owed?.Remove(version);

    /// <summary>For the session's next activation, which then has the state as of now.</summary>
    public HeldState Snapshot() => new()
    {
        Parameters = Parameters,
        Incarnation = Incarnation,
        Epoch = Epoch,
        IsDurable = IsDurable,
        Subscriptions = IsDurable ? [] : _subscriptions.Items.ToArray(),
        Owed = _owed is null ? [] : [.. _owed.Order()],
        LastVersion = _lastVersion,
        LastSequence = _lastSequence,
        Ended = [.. _endedAtLeastOnce.Items, .. _endedExactlyOnce.Items],
        Outbound = [.. _outbound.Values.OrderBy(static message => message.Sequence)],
        Deliveries = _deliveries is null ? [] : [.. _deliveries.Select(static entry => new HeldDelivery(entry.Key.Source, entry.Key.QoS, entry.Value))],
        Received = IsDurable || _inbound is null ? [] : [.. _inbound.Values.Where(static incoming => incoming.Publication is null).Select(static incoming => incoming.PacketIdentifier)],
        Seen = _seen is null ? [] : [.. _seen.Origins],
    };

    /// <summary>The client's messages without PUBREC and PUBRELs without PUBCOMP, in its order: the next activation is sent them again.</summary>
    public HeldInbound[] Unanswered() =>
        _inbound is null ? [] : [.. _inbound.Values.Where(static incoming => incoming.Publication is not null || incoming.IsReleased).OrderBy(static incoming => incoming.Order)];

    /// <summary>
    /// The journal may have the message still when the silo dies, until the commit that removes it: at QoS 2, whose messages wait for commits themselves, no more than two windows
    /// of them. One at QoS 1 that is forgotten here too early is sent once more, which QoS 1 may be.
    /// </summary>
    private void End(in HeldOutbound message)
    {
        _outbound.Remove(message.PacketIdentifier);
        if (!IsDurable) return;
        if (message.QoS == QoS.ExactlyOnce) _endedExactlyOnce.Add(message.Sequence, 2 * Parameters.ReceiveMaximum);
        else _endedAtLeastOnce.Add(message.Sequence, Math.Min(2 * Parameters.ReceiveMaximum, MaxEndedAtLeastOnce));
    }

    private void NoteSeen(MessageOrigin origin)
    {
        _seen ??= new SeenMessages();
        while (_seen.TryForget(origin, out _))
        {
            // Nothing else stands for it here.
        }

        _seen.Add(origin.Incarnation, origin.Sequence, 0, isRecorded: false);
    }
}
