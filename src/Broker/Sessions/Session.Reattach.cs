using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// The silo of the session is gone, its client's connection is not: the gateway hands over what it knows, and the session goes on without the client noticing (invariant
/// B8). While the connection lives the gateway's list wins over the journal: what is in it was sent, what was acknowledged last has ended, all else never left.
/// </summary>
public sealed partial class Session
{
    /// <summary>Versions of subscriptions that the last activation may have given and the gateway has not heard of are below this many.</summary>
    private const uint UnknownVersions = 1 << 20;

    private long _awaitedUntil = Never;
    private HandedOver? _handedOver;

    /// <summary>Connected as its journal has it, and the gateway has the connection still: what it hands over decides what becomes of any message, so nothing is taken before.</summary>
    public bool IsAwaited => _awaitedUntil != Never;

    /// <summary>
    /// Whether the connection may have the session back: it was not taken over, has not ended, and has not counted the connection as ended. What was transient and
    /// nobody knows any more is made anew.
    /// </summary>
    /// <param name="isSame">The connection is the session's already, by an older hand-over of which its gateway has not heard.</param>
    public bool MayReattach(HeldState held, bool isSame) =>
        Exists ? (IsAwaited || isSame) && held.Incarnation == Incarnation && held.Epoch <= Epoch : !held.IsDurable;

    /// <summary>First step: takes the connection. Nothing is sent to it until <see cref="CompleteReattach"/>.</summary>
    /// <returns>The journal number that must be committed before; 0 for a transient session.</returns>
    public ulong BeginReattach(ISessionConnection connection, HeldState held)
    {
        if (_connection is not null) LeaveConnection();
        _awaitedUntil = Never;
        if (!held.IsDurable) BecomeTransient(held);
        _resumed = held.IsDurable ? new ResumedState(Will, held.Parameters.SessionExpiryIntervalSeconds, null) : null;
        // Raised by every attachment: numbers that were given and not stored do not come again.
        Epoch = Math.Max(Epoch, held.Epoch) + 1;
        Take(connection, held.Parameters);
        _lastSequence = Math.Max(_lastSequence, held.LastSequence);
        return PutHeader();
    }

    /// <summary>Second step, behind the word to the gateway that the session has the connection: what is in flight stays so, what never left is sent.</summary>
    public void CompleteReattach(ISessionConnection connection, HeldState held, long nowMilliseconds)
    {
        if (!IsCurrent(connection)) return;
        _holds--;
        _attaching = false;
        _resumed = null;
        _outstanding = 0;
        _resend = null;
        _handedOver = new HandedOver(held);
        var displaced = SettleInflight(_handedOver);
        foreach (var message in held.Outbound)
        {
            if (!InflightWindow.IsFound(ref _inflight.TryGet(message.PacketIdentifier))) Reserve(message);
        }

        foreach (var message in _queue.TakeWhere(this, static (session, message) => session._handedOver!.Covers(message))) WasSentBefore(message);
        foreach (var message in displaced) GiveAnother(message);
        EnterNode();
        AnnounceShared();
        Pump(nowMilliseconds);
    }

    /// <summary>The store did not take it: the gateway comes again.</summary>
    public void AbandonReattach(ISessionConnection connection, long awaitedUntilMilliseconds)
    {
        if (!IsCurrent(connection) || !_attaching) return;
        LeaveConnection();
        _awaitedUntil = awaitedUntilMilliseconds;
    }

    /// <summary>The gateway of an awaited connection is gone, or has not come in time: disconnected as of now.</summary>
    public void NotReattached(long nowMilliseconds)
    {
        if (!IsAwaited) return;
        _awaitedUntil = Never;
        DisconnectedAtMilliseconds = nowMilliseconds;
        TellDisconnected(connection: null, ReasonCode.UnspecifiedError);
        if (ExpiryIntervalSeconds == 0)
        {
            EndSession(PresenceChange.Ended);
            return;
        }

        if (Will is { DelaySeconds: 0 }) PublishWill();
        StayDisconnected();
    }

    /// <summary>The session moves: what waits here for a gateway that queues itself goes there, where the next activation finds it.</summary>
    public void HandOver(long nowMilliseconds)
    {
        if (!_queuesItself || _connection is null) return;
        while (_queue.Count > 0 && _inflight.Count < ushort.MaxValue)
        {
            var message = _queue.Dequeue();
            if (message.QoS == QoS.AtMostOnce) TrySendAtMostOnce(message, nowMilliseconds);
            else StartSending(ref message, nowMilliseconds);
        }

        while (_queue.Count > 0) _queue.Dequeue().Part?.Settle(PartOutcome.NotStored);
    }

    /// <summary>A CONNECT finds a session whose older connection is still awaited: it is taken over, as in <see cref="TakeOver"/>.</summary>
    private void EndAwaiting(bool resumes)
    {
        if (!IsAwaited) return;
        _awaitedUntil = Never;
        TellDisconnected(connection: null, ReasonCode.SessionTakenOver);
        if (resumes && Will is { DelaySeconds: 0 }) PublishWill();
    }

    private void BecomeTransient(HeldState held)
    {
        // Its journal, if there is one, has its will alone.
        _journal = null;
        Incarnation = held.Incarnation;
        _ended = false;
        Will = held.Parameters.Will;
        foreach (var subscription in held.Subscriptions)
        {
            subscription.State = SubscriptionState.Active;
            Subscriptions.Restore(subscription);
        }

        Subscriptions.Skip(held.LastVersion + UnknownVersions);
        foreach (var identifier in held.Received) (_inbound ??= [])[identifier] = new InboundState(0, null, IsReceived: true, null);
        foreach (var origin in held.Seen) RestoreSeen(origin);
    }

    /// <summary>What the journal has in flight, against the gateway's list.</summary>
    /// <returns>Messages that were never sent and whose identifiers others have.</returns>
    private List<InflightMessage> SettleInflight(HandedOver handedOver)
    {
        var displaced = new List<InflightMessage>();
        foreach (var identifier in _inflight.InOrder())
        {
            ref var slot = ref _inflight.TryGet(identifier);
            slot.IsOutstanding = false;
            if (handedOver.TryTake(identifier, slot.Message.Sequence, out var held)) GoOn(ref slot, held.Phase);
            else if (handedOver.Covers(slot.Message)) Complete(ref slot);
            else if (handedOver.Uses(identifier)) displaced.Add(Displace(ref slot));
            else SendFirst(ref slot);
        }

        return displaced;
    }

    /// <summary>The client has the PUBLISH, or the gateway will send it.</summary>
    private void GoOn(ref InflightMessage slot, HeldPhase phase)
    {
        slot.WasSent = true;
        CountOutstanding(ref slot);
        if (phase == HeldPhase.Sent) return;
        if (phase == HeldPhase.Released)
        {
            slot.State = InflightState.Released;
            slot.Message.Publication = null;
        }
        else if (slot.State == InflightState.Released || slot.Message.Record == 0)
        {
            slot.State = InflightState.Released;
            _connection!.Acknowledge(PacketType.PubRel, slot.PacketIdentifier, ReasonCode.Success);
        }
        else
        {
            Receive(ref slot);
        }
    }

    /// <summary>Its identifier stands in the journal, the gateway never had it: this is its first sending.</summary>
    private void SendFirst(ref InflightMessage slot)
    {
        slot.WasSent = false;
        if (slot.State is InflightState.Sent or InflightState.Released) (_resend ??= new Queue<ushort>()).Enqueue(slot.PacketIdentifier);
    }

    private InflightMessage Displace(ref InflightMessage slot)
    {
        var message = slot;
        _inflight.Remove(slot.PacketIdentifier);
        return message;
    }

    private void GiveAnother(in InflightMessage displaced)
    {
        ref var slot = ref _inflight.Add(out var packetIdentifier);
        slot.Message = displaced.Message;
        slot.IdentifierRecord = _journal!.PutIdentifier(displaced.Message.Sequence, packetIdentifier, released: false);
        SendFirst(ref slot);
    }

    /// <summary>A message that the journal does not have, or a transient session's: its identifier is in use until the client has answered.</summary>
    private void Reserve(in HeldOutbound held)
    {
        var message = new OutboundMessage { Sequence = held.Sequence, QoS = held.QoS };
        _inflight.TryRestore(held.PacketIdentifier, new InflightMessage { Message = message, State = InflightState.Sent, WasSent = true });
        GoOn(ref _inflight.TryGet(held.PacketIdentifier), held.Phase);
    }

    /// <summary>A message of the queue, without identifier in the journal, was on its way already: it goes on under the identifier that the gateway knows, or has ended.</summary>
    private bool WasSentBefore(in OutboundMessage message)
    {
        if (!_handedOver!.Covers(message)) return false;
        if (_handedOver.TryFind(message.Sequence, out var held)) Adopt(held.PacketIdentifier, message);
        else RemoveRecord(message, 0);
        return true;
    }

    /// <summary>A delivery that comes again because its shard never heard that it was done, of what the connection has had.</summary>
    private bool WasDelivered(ref OutboundMessage message)
    {
        var publication = message.Publication!;
        if (!_handedOver!.Had(publication, message.QoS)) return false;
        if (_journal is not null && _handedOver.TryFind(publication, out var held) && IsReserved(held))
        {
            // The client has not answered yet: should the connection end, it is sent again.
            publication.Keep();
            message.Sequence = held.Sequence;
            message.Part = new DurablePart(publication);
            message.Record = _journal.PutMessage(message, held.PacketIdentifier);
            NoteTaken(message);
            Promise(message.Record, SessionPromiseKind.SettlePart, held.PacketIdentifier, message);
            _inflight.TryGet(held.PacketIdentifier).Message = message;
            return true;
        }

        publication.Settle(PartOutcome.Done);
        return true;
    }

    private bool IsReserved(in HeldOutbound held)
    {
        ref var slot = ref _inflight.TryGet(held.PacketIdentifier);
        return InflightWindow.IsFound(ref slot) && slot.Message.Sequence == held.Sequence && slot.Message.Record == 0 && slot.State == InflightState.Sent;
    }

    private void Adopt(ushort packetIdentifier, in OutboundMessage message)
    {
        ref var slot = ref _inflight.TryGet(packetIdentifier);
        if (!InflightWindow.IsFound(ref slot) || slot.Message.Sequence != message.Sequence)
        {
            // Acknowledged while its page was read.
            RemoveRecord(message, 0);
            return;
        }

        slot.Message = message;
        slot.IdentifierRecord = _journal!.PutIdentifier(message.Sequence, packetIdentifier, slot.State == InflightState.Released);
    }
}
