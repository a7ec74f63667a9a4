using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Connections come and go: CONNECT in two steps around its commit, takeover, disconnect, end of the session.</summary>
public sealed partial class Session
{
    /// <summary>A CONNECT of this client id would find a session [MQTT5-3.1.2-5] [MQTT311-3.1.2-4]: nothing ended it meanwhile.</summary>
    public bool WillResume(ConnectParameters parameters, long nowMilliseconds) =>
        Exists && !parameters.CleanStart && !IsExpired(nowMilliseconds) && !((IsConnected || IsAwaited) && ExpiryIntervalSeconds == 0);

    /// <summary>
    /// First step of CONNECT: ends the older connection and, for Clean Start, the older session, and takes the new
    /// connection. Nothing is sent to it until <see cref="CompleteAttach"/>.
    /// </summary>
    /// <param name="incarnation">For the session that is made when none is resumed; unique for ever.</param>
    /// <param name="journal">Where a durable session records; null keeps what a resumed session has, or makes a transient one.</param>
    public AttachResult BeginAttach(ISessionConnection connection, ConnectParameters parameters, long incarnation, ISessionJournal? journal, long nowMilliseconds)
    {
        if (_attaching) AbandonTakenOver(nowMilliseconds);
        // What was due before this CONNECT happened before it, however late the timer is.
        Due(nowMilliseconds);
        var resumes = WillResume(parameters, nowMilliseconds);
        TakeOver(resumes);
        EndAwaiting(resumes);
        if (Exists && !resumes) EndSession(PresenceChange.Ended);
        if (!Exists) Incarnation = incarnation; // [MQTT5-3.1.2-6]
        _ended = false;
        _resumed = resumes ? new ResumedState(Will, ExpiryIntervalSeconds, DisconnectedAtMilliseconds) : null;
        _journal ??= parameters.SessionExpiryIntervalSeconds > 0 ? journal : null;

        Epoch++;
        Take(connection, parameters);
        ReplaceWill(parameters.Will);
        // Clean Start promises the end of the older session too [MQTT5-3.1.2-4] [MQTT311-3.1.2-6].
        return new AttachResult(resumes, Math.Max(_endRecord, PutHeader()));
    }

    /// <summary>Second step of CONNECT, right after CONNACK was appended: redelivers what is in flight and sends what is queued.</summary>
    public void CompleteAttach(ISessionConnection connection, long nowMilliseconds)
    {
        if (!IsCurrent(connection)) return;
        _holds--;
        _attaching = false;
        _resumed = null;
        _outstanding = 0;
        _resend = null;
        foreach (var identifier in _inflight.InOrder())
        {
            ref var slot = ref _inflight.TryGet(identifier);
            slot.IsOutstanding = false;
            // What waits for its commit is sent by that; a second sending on this connection would be one too many.
            if (slot.State is InflightState.Sent or InflightState.Released) (_resend ??= new Queue<ushort>()).Enqueue(identifier);
        }

        _presence?.Changed(this, PresenceChange.Connected, connection, ReasonCode.Success);
        EnterNode();
        AnnounceShared();
        Pump(nowMilliseconds);
    }

    /// <summary>
    /// The connection that was taken cannot be served after all (store unreachable): a resumed session is as it was before,
    /// a new one, which the client must not find later, ends.
    /// </summary>
    public void AbandonAttach(ISessionConnection connection, long nowMilliseconds)
    {
        if (!IsCurrent(connection) || !_attaching) return;
        var before = _resumed;
        LeaveConnection();
        ReplaceWill(before?.Will);
        ExpiryIntervalSeconds = before?.ExpiryIntervalSeconds ?? 0;
        DisconnectedAtMilliseconds = before?.DisconnectedAtMilliseconds ?? nowMilliseconds;
        // Of a session that was never told of nobody need hear the end.
        if (before is null) EndSession(change: null);
        else StayDisconnected();
    }

    /// <summary>The connection has ended. False when it is not the session's any more.</summary>
    /// <param name="expiryIntervalSeconds">Changed by a 5.0 DISCONNECT, or null.</param>
    /// <param name="reason">For the presence feed.</param>
    public bool Detach(
        ISessionConnection connection, bool publishWill, uint? expiryIntervalSeconds, long nowMilliseconds, ReasonCode reason = ReasonCode.UnspecifiedError)
    {
        if (!IsCurrent(connection)) return false;
        if (_attaching)
        {
            // Never accepted: its will and its expiry are nobody's.
            AbandonAttach(connection, nowMilliseconds);
            return true;
        }

        TellDisconnected(connection, reason);
        LeaveConnection();
        DisconnectedAtMilliseconds = nowMilliseconds;
        // A session that was to end with its connection cannot be prolonged by DISCONNECT (MQTT5 section 3.14.2.2.2).
        if (ExpiryIntervalSeconds > 0) ExpiryIntervalSeconds = expiryIntervalSeconds ?? ExpiryIntervalSeconds;
        // [MQTT5-3.1.2-10] [MQTT311-3.1.2-10]: a normal disconnect removes the will.
        if (!publishWill) ReplaceWill(null);
        if (ExpiryIntervalSeconds == 0)
        {
            EndSession(PresenceChange.Ended);
            return true;
        }

        if (Will is { DelaySeconds: 0 }) PublishWill();
        StayDisconnected();
        return true;
    }

    /// <summary>The server closes the connection: keep-alive, management, shutdown.</summary>
    /// <param name="serverReference">Where the client is to go instead, with the two reasons that say so; null for nowhere.</param>
    public void Disconnect(ReasonCode reason, bool publishWill, long nowMilliseconds, string? serverReference = null)
    {
        var connection = _connection;
        if (connection is null) return;
        if (serverReference is null) connection.Close(reason);
        else connection.Redirect(reason, serverReference);
        Detach(connection, publishWill, null, nowMilliseconds, reason);
    }

    /// <summary>Ends the session now, connected or not.</summary>
    /// <param name="publishWill">False also for a will whose delay is running.</param>
    /// <returns>The journal number whose commit makes the end final; 0 when nothing of the session was journaled.</returns>
    public ulong Terminate(ReasonCode reason, bool publishWill, long nowMilliseconds)
    {
        Disconnect(reason, publishWill, nowMilliseconds);
        if (!Exists) return _endRecord;
        if (!publishWill) ReplaceWill(null);
        EndSession(PresenceChange.Ended);
        return _endRecord;
    }

    private void TellDisconnected(ISessionConnection? connection, ReasonCode reason) => _presence?.Changed(
        this, reason == ReasonCode.SessionTakenOver ? PresenceChange.TakenOver : PresenceChange.Disconnected, connection, reason);

    private void AnnounceShared()
    {
        List<Subscription>? shared = null;
        foreach (var subscription in Subscriptions.Items)
        {
            if (subscription.Filter.IsShared) (shared ??= []).Add(subscription);
        }

        if (shared is not null) Effect(SessionEffect.AnnounceShared(shared));
    }

    /// <summary>The connection that is taken over never got its CONNACK, so its client knows nothing of a session made for it.</summary>
    private void AbandonTakenOver(long now)
    {
        var older = _connection!;
        older.Close(ReasonCode.SessionTakenOver);
        AbandonAttach(older, now);
    }

    private void TakeOver(bool resumes)
    {
        var older = _connection;
        if (older is null) return;
        older.Close(ReasonCode.SessionTakenOver); // [MQTT5-3.1.4-3] [MQTT311-3.1.4-2]
        TellDisconnected(older, ReasonCode.SessionTakenOver);
        LeaveConnection();
        // The older connection ended without DISCONNECT: its will is due, unless the new one comes within the delay [MQTT5-3.1.3-9].
        if (resumes && Will is { DelaySeconds: 0 }) PublishWill();
    }

    private void Take(ISessionConnection connection, ConnectParameters parameters)
    {
        _connection = connection;
        _holds = 1;
        _attaching = true;
        _outputFull = false;
        Version = parameters.Version;
        ExpiryIntervalSeconds = parameters.SessionExpiryIntervalSeconds;
        KeepAliveSeconds = parameters.KeepAliveSeconds;
        CleanStart = parameters.CleanStart;
        ReceiveMaximum = parameters.ReceiveMaximum;
        UserName = parameters.UserName;
        DisconnectedAtMilliseconds = null;
        _handedOver = null;
        _queuesItself = _journal is null && connection.QueuesItself;
        _quota = _queuesItself ? Math.Min(_limits.MaxQueuedMessages, ushort.MaxValue) : ReceiveMaximum;
    }

    private void LeaveConnection()
    {
        LeaveNode();
        _handedOver = null;
        _connection = null;
        _holds = 0;
        _attaching = false;
        _outputFull = false;
        _resend = null;
        _resumed = null;
    }

    /// <summary>The session outlives its connection [MQTT5-3.1.2-23] [MQTT311-4.1.0-1].</summary>
    private void StayDisconnected()
    {
        if (!_limits.QueueQoS0) DropQueuedQoS0();
        ReturnAllShared();
        PutHeader();
    }

    /// <summary>The end of a session: its will goes [MQTT5-3.1.2-8], routes are removed, everything open is settled.</summary>
    /// <param name="change">What is told of it; null for nothing.</param>
    private void EndSession(PresenceChange? change)
    {
        if (change is { } told) _presence?.Changed(this, told, connection: null, ReasonCode.Success);
        // First: after a crash half way through there is nothing to resume, and until its journal is deleted neither.
        ExpiryIntervalSeconds = 0;
        _endRecord = Math.Max(_endRecord, PutHeader());
        if (Will is not null) PublishWill();
        foreach (var identifier in _inflight.InOrder()) EndInflight(ref _inflight.TryGet(identifier));
        _outstanding = 0;
        EndReturns();
        foreach (var message in _queue.TakeWhere(0, static (_, _) => true)) End(message, DropReason.SessionEnded);
        EndStored();
        _retained = null;
        EndInbound();
        EndSubscriptions();
        _drops = null;
        Incarnation = 0;
        _endedJournal = _journal ?? _endedJournal;
        _journal = null;
        _ended = true;
        TellEnded();
    }

    /// <summary>The journal may go when nothing in it is still on its way to a shard.</summary>
    private void TellEnded()
    {
        if (!_ended || _willsUnderway > 0 || _forwarding is { Count: > 0 }) return;
        _ended = false;
        Effect(SessionEffect.Ended());
    }

    private void EndInflight(ref InflightMessage slot)
    {
        // Another member should get a QoS 1 message, and must not get a QoS 2 message that was sent [MQTT5-4.8.2-5].
        var mayGoOn = slot.Message.QoS == QoS.AtLeastOnce || slot.State == InflightState.AwaitsCommit;
        if (mayGoOn && MayReturn(slot.Message))
        {
            RemoveRecord(slot.Message, slot.IdentifierRecord);
            Return(slot.Message with { Record = 0 });
            _inflight.Remove(slot.PacketIdentifier);
            return;
        }

        Drop(DropReason.SessionEnded);
        Complete(ref slot);
    }

    private void EndSubscriptions()
    {
        if (Subscriptions.Count == 0) return;
        var ended = Subscriptions.Items.ToArray();
        foreach (var subscription in ended)
        {
            subscription.State = SubscriptionState.Removing;
            _journal?.PutSubscription(subscription);
        }

        Subscriptions.Clear();
        Effect(SessionEffect.RemoveRoutes(ended, Incarnation));
    }

    private void DropQueuedQoS0()
    {
        if (_stored is not null) _stored.AtMostOnceEndsAt = _lastSequence;
        foreach (var message in _queue.TakeWhere(0, static (_, message) => message.QoS == QoS.AtMostOnce)) End(message, DropReason.NotConnected);
    }

    private ulong PutHeader()
    {
        if (_journal is null) return 0;
        _journal.PutHeader(new SessionHeader(Incarnation, Epoch, Version, ExpiryIntervalSeconds, UserName, DisconnectedAtMilliseconds));
        return PutIndexes();
    }
}
