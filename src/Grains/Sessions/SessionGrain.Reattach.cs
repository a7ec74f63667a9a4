using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A connection is handed over whose session was on a silo that is gone (invariant B8).</summary>
internal sealed partial class SessionGrain
{
    /// <summary>Until when a gateway that has the connection is waited for.</summary>
    private long AwaitedUntil => services.Session.Clock.NowMilliseconds + (long)services.Timing.SessionUnreachable.TotalMilliseconds;

    /// <summary>
    /// (1) may the connection have the session back? (2) a new epoch is stored; (3) the gateway is told, in front of what the session sends; (4) what is in flight is
    /// compared, what never left is sent. No CONNACK, and nothing is sent again.
    /// </summary>
    public async ValueTask<ReasonCode> ReattachAsync(ReattachRequest request)
    {
        _connecting = true;
        try
        {
            return await ReattachAsync(request, request.ToHeld(ClientId));
        }
        finally
        {
            _connecting = false;
            LetGo();
        }
    }

    private async Task<ReasonCode> ReattachAsync(ReattachRequest request, HeldState held)
    {
        var connection = new RemoteConnection(request.Connect.Gateway, request.Connect.ConnectionId, ClientId, services.Senders, services.Session.Clock) { HandOver = request.Number };
        var before = await _monitor.RunAsync(session => Judge(session, connection, held));
        if (before is { } answer) return answer;
        try
        {
            if ((held.IsDurable || held.Parameters.Will is not null) && _journal is null) await OpenNewJournalAsync();
        }
        catch (Exception exception) when (exception is not JournalFencedException)
        {
            // Whatever the store failed of: the gateway comes again.
            LogStoreFailed(exception, ClientId);
            return ReasonCode.ServerUnavailable;
        }

        var number = await _monitor.RunAsync(session => Begin(session, connection, held));
        // Nothing of a transient session is stored that it could wait for.
        if (held.IsDurable && !await IsStoredAsync(number))
        {
            await _monitor.RunAsync(session => Run(() => session.AbandonReattach(connection, AwaitedUntil)));
            return ReasonCode.ServerUnavailable;
        }

        return held.IsDurable ? await _monitor.RunAsync(session => Complete(session, connection, held)) : ReasonCode.Success;
    }

    /// <summary>Null to go on.</summary>
    private ReasonCode? Judge(Session session, RemoteConnection connection, HeldState held)
    {
        var isSame = _monitor.Connection is RemoteConnection current && session.IsCurrent(current)
            && current.ConnectionId == connection.ConnectionId && current.Gateway.Equals(connection.Gateway);
        // Asked again, because the answer was lost: the word is on its way.
        if (isSame && ((RemoteConnection)_monitor.Connection!).HandOver == connection.HandOver) return ReasonCode.Success;
        var isOther = session.IsAwaited && !connection.Gateway.Equals(_monitor.AwaitedGateway);
        return !isOther && session.MayReattach(held, isSame) ? null : ReasonCode.SessionTakenOver;
    }

    private ulong Begin(Session session, RemoteConnection connection, HeldState held)
    {
        if (_journal is not null) _journal.Gateway = NameOf(connection);
        _monitor.AwaitedGateway = null;
        var number = session.BeginReattach(connection, held);
        _monitor.Watch(connection);
        if (held.IsDurable) return number;
        if (_journal is not null) RecordTransient(session, _journal);
        Complete(session, connection, held);
        return 0;
    }

    private ReasonCode Complete(Session session, RemoteConnection connection, HeldState held)
    {
        if (!session.IsCurrent(connection)) return ReasonCode.ServerUnavailable;
        // Silence counts from here: for the time between the client is not to blame.
        _monitor.Attached();
        connection.Reattached(session.Epoch);
        // Before routes to $SYS are given new versions.
        var owed = session.Subscriptions.Items.ToArray().Where(subscription => held.Owed.Contains(subscription.Version)).ToArray();
        session.CompleteReattach(connection, held, services.Session.Clock.NowMilliseconds);
        if (!held.IsDurable) _monitor.RegisterAgain([.. session.Subscriptions.Items.ToArray().Where(subscription => !IsOfNode(subscription) && !held.Owed.Contains(subscription.Version))]);
        foreach (var version in held.Owed.Except(owed.Select(static subscription => subscription.Version))) connection.RetainedSent(version);
        _monitor.OweRetainedAgain(connection, owed);
        DetachIfGatewayIsDead(session, connection);
        return ReasonCode.Success;
    }

    /// <summary>The journal has the session connected: whether the gateway that it names has the connection still.</summary>
    private async Task<bool> FindGatewayAsync()
    {
        var gateway = await services.Held.FindAsync(_attachedTo, ClientId);
        if (gateway is null) return false;
        _monitor.AwaitedGateway = gateway;
        _journal!.Gateway = _attachedTo!;
        return true;
    }
}
