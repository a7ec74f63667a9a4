using System.Diagnostics;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>CONNECT and the end of connections.</summary>
internal sealed partial class SessionGrain
{
    // A second in all, of which a store that answers needs some milliseconds.
    private const int SettlingLooks = 100;
    private static readonly TimeSpan SettlingPause = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// (1) find the connection; (2) open the journal if the session is to be durable; (3) take over in the monitor;
    /// (4) wait for the commit; (5) CONNACK, then redeliveries and the queue, in one turn (invariant B18).
    /// </summary>
    public async ValueTask<ReasonCode> ConnectAsync(ConnectRequest request)
    {
        if (services.Map.IsCore(request.Gateway) && !request.Gateway.Equals(services.Senders.Self)) return await FollowAsync(request.Gateway);
        _connecting = true;
        using var trace = request.TraceParent is { } parent ? BrokerMeter.Traces.StartActivity("mqtt.session.connect", ActivityKind.Server, parent) : null;
        try
        {
            var reason = await ConnectAsync(request, request.ToParameters(ClientId));
            trace?.SetTag("mqtt.reason", ReasonName.Of(reason));
            return reason;
        }
        finally
        {
            _connecting = false;
            LetGo();
        }
    }

    /// <summary>The connection is on a node that may have its session, too (design H9): the session goes there first, and the CONNECT comes again.</summary>
    private async Task<ReasonCode> FollowAsync(SiloAddress gateway)
    {
        await _monitor.RunAsync(session => Run(() => session.Disconnect(ReasonCode.SessionTakenOver, publishWill: true, services.Session.Clock.NextMilliseconds)));
        await SettledAsync();
        GoTo(gateway);
        return ReasonCode.ServerMoved;
    }

    /// <summary>What the older connection's end has set going (its will, above all) is done, or has had its time: the next activation would find it in the journal and do it again.</summary>
    private async Task SettledAsync()
    {
        for (var i = 0; i < SettlingLooks; i++)
        {
            if (await _monitor.RunAsync(static session => !session.Exists || session.IsIdle)) return;
            await Task.Delay(SettlingPause, services.Session.Clock.TimeProvider);
        }
    }

    private async Task<ReasonCode> ConnectAsync(ConnectRequest request, ConnectParameters parameters)
    {
        if (FindConnection(request.Gateway, request.ConnectionId) is not { } connection || IsOvertaken(connection)) return ReasonCode.ServerUnavailable;
        try
        {
            // A will is kept whatever becomes of the node, and so is that there is one (invariant B9).
            if ((parameters.SessionExpiryIntervalSeconds > 0 || parameters.Will is not null) && _journal is null) await OpenNewJournalAsync();
        }
        catch (Exception exception) when (exception is not JournalFencedException)
        {
            // Whatever the store failed of: the client may come again (design section 10).
            LogStoreFailed(exception, ClientId);
            return ReasonCode.ServerUnavailable;
        }

        var incarnation = services.Incarnations.Next();
        var attached = await _monitor.RunAsync(session =>
        {
            // The index names the gateway: what a dead silo leaves behind is disconnected only if that is gone too.
            if (_journal is not null) _journal.Gateway = NameOf(connection);
            var result = session.BeginAttach(connection, parameters, incarnation, _journal, services.Session.Clock.NowMilliseconds);
            _monitor.Watch(connection);
            return session.IsDurable || _journal is null ? result : result with { Number = Math.Max(result.Number, RecordTransient(session, _journal)) };
        });
        if (await StoredAsync(attached.Number) is var stored and not ReasonCode.Success)
        {
            await _monitor.RunAsync(session => Run(() => session.AbandonAttach(connection, services.Session.Clock.NowMilliseconds)));
            return stored;
        }

        return await AnswerAsync(session =>
        {
            if (!session.IsCurrent(connection)) return ReasonCode.ServerUnavailable;
            _monitor.Attached();
            Attach(session, connection, attached);
            session.CompleteAttach(connection, services.Session.Clock.NowMilliseconds);
            DetachIfGatewayIsDead(session, connection);
            if (connection is IGatewayConnection) _newestConnection = Math.Max(_newestConnection, connection.ConnectionId);
            return ReasonCode.Success;
        });
    }

    public async ValueTask<bool> DisconnectAsync(long connectionId, SiloAddress gateway, ConnectionEnd end)
    {
        var isDone = await _monitor.RunAsync(session =>
        {
            var connection = _monitor.Connection;
            if (connection is null || !IsSame(connection, connectionId, gateway)) return false;
            return session.Detach(connection, end.PublishWill, end.SessionExpiryIntervalSeconds, services.Session.Clock.NextMilliseconds, end.Reason);
        });
        LetGo();
        return isDone;
    }

    /// <summary>Runs what answers the client, and writes the answer on this thread when the monitor is left: no wake of the transport's loop for it.</summary>
    private ValueTask<TResult> AnswerAsync<TResult>(Func<Session, TResult> body)
    {
        services.Connections.BeginTurn();
        try
        {
            return _monitor.RunAsync(body);
        }
        finally
        {
            services.Connections.EndTurn();
        }
    }

    private static bool Run(Action action)
    {
        action();
        return true;
    }

    private void Attach(Session session, ISessionConnection connection, AttachResult attached)
    {
        if (connection is RemoteConnection remote) remote.Attached(session, attached.SessionPresent);
        else ((IGatewayConnection)connection).Attached(_monitor, new ConnAckPacket { SessionPresent = attached.SessionPresent, SessionExpiryIntervalSeconds = session.ExpiryIntervalSeconds });
    }

    private string NameOf(ISessionConnection connection) => connection is RemoteConnection remote ? remote.Gateway.ToParsableString() : services.Senders.SelfText;

    /// <summary>Its death may have been told before the session had its connection.</summary>
    private void DetachIfGatewayIsDead(Session session, ISessionConnection connection)
    {
        if (connection is not RemoteConnection remote || !services.Senders.IsDead(remote.Gateway)) return;
        session.Detach(connection, publishWill: true, null, services.Session.Clock.NextMilliseconds);
    }

    /// <summary>
    /// Of a session that ends with its connection the journal has what makes its will go when the node does: found as attached, read, it is a session that has expired.
    /// </summary>
    private static ulong RecordTransient(Session session, SessionJournal journal)
    {
        journal.PutHeader(new SessionHeader(session.Incarnation, session.Epoch, session.Version, 0, session.UserName, null));
        if (session.Will is { } will) journal.PutWill(will);
        else journal.RemoveWill();
        return journal.PutIndexes(isAttached: true, Session.Never);
    }

    private async Task OpenNewJournalAsync()
    {
        using var limit = StoreLimit();
        await OpenJournalAsync(new SessionReplay(services.Session.Clock), limit?.Token ?? CancellationToken.None);
    }

    /// <summary>It is stored, and this silo may say so: what is not stored, of a session that ends with its connection, is promised by the silo's lease.</summary>
    private async Task<bool> IsStoredAsync(ulong number) => await StoredAsync(number) == ReasonCode.Success;

    /// <inheritdoc cref="IsStoredAsync"/>
    /// <returns>Success, ServerUnavailable, or ServerMoved: another activation has the journal, and the next call reaches that or a new one.</returns>
    private async Task<ReasonCode> StoredAsync(ulong number)
    {
        try
        {
            await _monitor.CommittedAsync(number).WaitAsync(services.Timing.StoreWait, services.Session.Clock.TimeProvider);
            if (services.Lease is { IsValid: false } lease) await lease.WhenValidAsync(CancellationToken.None).AsTask().WaitAsync(services.Timing.StoreWait, services.Session.Clock.TimeProvider);
            return ReasonCode.Success;
        }
        catch (TimeoutException)
        {
            return ReasonCode.ServerUnavailable;
        }
        catch (JournalFencedException)
        {
            this.DeactivateOnIdle();
            return ReasonCode.ServerMoved;
        }
    }

    /// <summary>The connection itself when it is on this silo, its stand-in otherwise; null when it is gone already.</summary>
    private ISessionConnection? FindConnection(SiloAddress gateway, long connectionId)
    {
        if (!gateway.Equals(services.Senders.Self)) return new RemoteConnection(gateway, connectionId, ClientId, services.Senders, services.Session.Clock);
        return services.Connections.TryGet(connectionId, out var connection) ? connection : null;
    }

    /// <summary>
    /// A client that gives up on a connection and comes again is met in this order, but two loops may read the two CONNECTs in the other: the one that was left
    /// must neither take the session from the one that is used nor, with Clean Start, end what that one has made. One that is still open may.
    /// </summary>
    private bool IsOvertaken(ISessionConnection connection) =>
        connection.ConnectionId < _newestConnection && connection is IGatewayConnection { HasClientHungUp: true };

    private bool IsSame(ISessionConnection connection, long connectionId, SiloAddress gateway) =>
        connection.ConnectionId == connectionId && gateway.Equals(connection is RemoteConnection remote ? remote.Gateway : services.Senders.Self);
}
