using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Incoming QoS 2: an identifier's message is handed on once, until PUBREL frees the identifier.</summary>
public sealed partial class Session
{
    private Dictionary<ushort, InboundState>? _inbound;

    /// <summary>Durable publishers: stored messages whose shard is not done; they outlive their identifier.</summary>
    private Dictionary<Publication, ForwardState>? _forwarding;

    /// <summary>Sequences of the messages that a restart would hand on again: also of those that are done as long as the journal has not forgotten them.</summary>
    private SortedSet<long>? _mayComeAgain;

    private long _lastInbound;

    /// <summary>Journal number of the last identifier that PUBREL freed.</summary>
    private ulong _released;

    /// <summary>
    /// PUBLISH at QoS 2 [MQTT5-4.3.3-8] [MQTT311-4.3.3-2]. Durable: journaled, then PUBREC, then its shard (invariant B6).
    /// Transient: its shard, then PUBREC.
    /// </summary>
    public void PublishExactlyOnce(Publication publication)
    {
        var identifier = publication.PacketIdentifier;
        if (_inbound is not null && _inbound.TryGetValue(identifier, out var known))
        {
            // A redelivery: the message is not handed on again [MQTT5-4.3.3-10]; PUBREC is repeated once it may be sent.
            if (known.IsReceived) Ready?.Acknowledge(PacketType.PubRec, identifier, ReasonCode.Success);
            else _inbound[identifier] = known with { Waiting = _connection };
            return;
        }

        var sequence = NextInbound();
        (_inbound ??= [])[identifier] = new InboundState(sequence, publication, IsReceived: false, _connection);
        if (_journal is null)
        {
            Effect(SessionEffect.Forward(publication));
            return;
        }

        var number = _journal.PutInbound(identifier, sequence, publication);
        Promise(new SessionPromise(number, SessionPromiseKind.SendPubRec, identifier, sequence, null));
    }

    /// <summary>
    /// The store kept an incoming QoS 2 message waiting too long: it is refused, and what was to be stored of it is taken back. Of a transient session its shard has the
    /// message: receivers may get it yet.
    /// </summary>
    public void RefuseOverdue(ushort packetIdentifier)
    {
        if (_inbound is null || !_inbound.TryGetValue(packetIdentifier, out var state) || state.IsReceived) return;
        _inbound.Remove(packetIdentifier);
        _journal?.RemoveInboundMessage(state.Sequence);
        _journal?.RemoveInbound(state.Sequence);
        Drop(DropReason.StoreUnavailable);
        Ready?.Acknowledge(PacketType.PubRec, packetIdentifier, ReasonCode.QuotaExceeded); // [MQTT5-4.3.3-9]
    }

    /// <summary>
    /// A publication that this session handed on is done: an incoming message, for which a transient session's PUBREC leaves now,
    /// or a shared message that went back to its group.
    /// </summary>
    public void InboundSettled(Publication publication, ReasonCode reason, long nowMilliseconds)
    {
        if (ReturnSettled(publication, reason, nowMilliseconds)) return;
        if (ForwardSettled(publication)) return;
        var identifier = publication.PacketIdentifier;
        if (_inbound is null || !_inbound.TryGetValue(identifier, out var state) || !ReferenceEquals(state.Publication, publication)) return;
        // A reason code of 0x80 or more ends the exchange: the identifier may be used anew [MQTT5-4.3.3-9].
        if (reason >= ReasonCode.UnspecifiedError && Version == ProtocolVersion.Mqtt5) _inbound.Remove(identifier);
        else _inbound[identifier] = new InboundState(state.Sequence, null, IsReceived: true, null);
        Ready?.Acknowledge(PacketType.PubRec, identifier, reason);
    }

    /// <summary>PUBREL: the identifier is forgotten, PUBCOMP follows [MQTT5-4.3.3-11] [MQTT311-4.3.3-2], whatever became of the message [MQTT5-4.3.3-13].</summary>
    public void PubRel(ushort packetIdentifier)
    {
        // Before its PUBREC an identifier cannot be released: the message would be lost.
        var state = default(InboundState);
        var isKnown = _inbound is not null && _inbound.TryGetValue(packetIdentifier, out state) && state.IsReceived;
        if (isKnown)
        {
            _inbound!.Remove(packetIdentifier); // [MQTT5-4.3.3-12]
            _released = Release(packetIdentifier, state);
        }

        // Were PUBCOMP to leave before this is stored, a crash would take the identifier's next message for a redelivery.
        if (_released > _committed) Promise(new SessionPromise(_released, SessionPromiseKind.SendPubComp, packetIdentifier, 0, _connection));
        else Ready?.Acknowledge(PacketType.PubComp, packetIdentifier, isKnown ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound);
    }

    private void InboundStored(ushort identifier, long sequence)
    {
        if (_inbound is null || !_inbound.TryGetValue(identifier, out var state) || state.Sequence != sequence) return;
        _inbound[identifier] = state with { IsReceived = true, Waiting = null };
        // A newer connection that has not sent the message again yet would take this for the answer to its own PUBLISH.
        if (state.Waiting is not null && IsCurrent(state.Waiting)) Ready?.Acknowledge(PacketType.PubRec, identifier, ReasonCode.Success);
        (_forwarding ??= [])[state.Publication!] = new ForwardState(sequence, identifier, IsReleased: false);
        Forward(state.Publication!, sequence);
    }

    /// <summary>
    /// Never given twice, also by an activation that finds none of the older ones in the journal: they rise with the epoch, which is stored before a client's first message.
    /// 2^40 messages in one connection, 2^23 connections of one session.
    /// </summary>
    private long NextInbound() => _lastInbound = Math.Max(_lastInbound + 1, Epoch << 40);

    private void Forward(Publication publication, long sequence)
    {
        (_mayComeAgain ??= []).Add(sequence);
        publication.Origin = new MessageOrigin(Incarnation, sequence, _mayComeAgain.Min);
        Effect(SessionEffect.Forward(publication));
    }

    private void SendPubComp(ushort identifier, ISessionConnection? connection)
    {
        if (connection is not null && IsCurrent(connection)) connection.Acknowledge(PacketType.PubComp, identifier, ReasonCode.Success);
    }

    private void EndInbound()
    {
        if (_inbound is null) return;
        foreach (var (identifier, state) in _inbound)
        {
            Release(identifier, state);
            // Without its PUBREC the message was never accepted.
            if (!state.IsReceived) _journal?.RemoveInboundMessage(state.Sequence);
        }

        _inbound = null;
    }

    /// <summary>The identifier may be used anew; the record stays with a message that is still on its way.</summary>
    private ulong Release(ushort identifier, in InboundState state)
    {
        if (_journal is null) return 0;
        if (state.Publication is null || _forwarding is null || !_forwarding.TryGetValue(state.Publication, out var forward))
        {
            return _journal.RemoveInbound(state.Sequence);
        }

        _forwarding[state.Publication] = forward with { IsReleased = true };
        return _journal.ReleaseInbound(identifier, state.Sequence);
    }

    private bool ForwardSettled(Publication publication)
    {
        if (_forwarding is null || !_forwarding.Remove(publication, out var forward)) return false;
        var journal = _journal ?? _endedJournal;
        if (forward.IsReleased) journal?.RemoveInbound(forward.Sequence);
        else if (_inbound is not null && _inbound.TryGetValue(forward.PacketIdentifier, out var state)) _inbound[forward.PacketIdentifier] = state with { Publication = null };
        if (journal is not null) Promise(new SessionPromise(journal.RemoveInboundMessage(forward.Sequence), SessionPromiseKind.ForgetForward, 0, forward.Sequence, null));
        TellEnded();
        return true;
    }
}
