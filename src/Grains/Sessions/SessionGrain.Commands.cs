using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions;

/// <summary>An administrator's commands. Each may come again when its answer was lost: by its aim it happens to what it was meant for, or not at all.</summary>
internal sealed partial class SessionGrain
{
    public ValueTask<CommandAnswer> AimAsync() => CommandAsync(aim: null, Done);

    public async ValueTask<CommandAnswer> EndForAsync(EndCommand command)
    {
        ulong number = 0;
        var answer = await CommandAsync(command.Aim, session =>
        {
            var isTransient = !session.IsDurable;
            number = session.Terminate(ReasonCode.AdministrativeAction, command.PublishWill, services.Session.Clock.NextMilliseconds);
            if (isTransient) number = Math.Max(number, ForgetWill(command.PublishWill));
            return Done(session);
        });
        return await StoredAsync(answer, number);
    }

    public async ValueTask<CommandAnswer> DisconnectForAsync(DisconnectCommand command)
    {
        ulong number = 0;
        var answer = await CommandAsync(command.Aim, session =>
        {
            if (!session.IsConnected) return new CommandAnswer(CommandOutcome.NotConnected, AimAt(session));
            var isTransient = !session.IsDurable;
            session.Disconnect(command.Reason, command.PublishWill, services.Session.Clock.NextMilliseconds, command.ServerReference);
            number = isTransient ? ForgetWill(command.PublishWill) : _journal!.LastHeader;
            return Done(session);
        });
        return await StoredAsync(answer, number);
    }

    public async ValueTask<CommandAnswer> SubscribeForAsync(SubscribeCommand command)
    {
        Subscribe? begun = null;
        var codes = new[] { command.Filter.Refusal };
        var answer = await CommandAsync(command.Aim, session =>
        {
            begun = Begin(session, Attached(session), [command.Filter], command.SubscriptionIdentifier, codes);
            return Done(session);
        });
        if (begun is not { } subscribe) return answer;
        var registration = await RegisterAsync(subscribe);
        answer = await AnswerAsync(session =>
        {
            if (Settle(session, subscribe, registration, codes)) Subscribed(session, subscribe);
            return Done(session);
        });
        if (codes[0] >= ReasonCode.UnspecifiedError) return answer with { Outcome = FailureOf(codes[0], registration.IsStored), Reason = codes[0] };
        return await KnownAsync(subscribe.Connection, answer with { Reason = codes[0], Existed = subscribe.Wishes[0].Existed });
    }

    public async ValueTask<CommandAnswer> UnsubscribeForAsync(UnsubscribeCommand command)
    {
        ulong number = 0;
        ISessionConnection? connection = null;
        var answer = await CommandAsync(command.Aim, session =>
        {
            if (session.Unsubscribe(TopicFilter.Parse(command.Filter), out number) is not { } removed) return new CommandAnswer(CommandOutcome.NoSubscription, AimAt(session));
            connection = Attached(session);
            _monitor.RemoveRoutes([removed], session.Incarnation, connection);
            if (!session.IsDurable) (connection as RemoteConnection)?.Holds([], [removed.Version]);
            return Done(session);
        });
        return await KnownAsync(connection, await StoredAsync(answer, number));
    }

    /// <summary>Runs a command under the monitor, if it is for this session and the session is here.</summary>
    /// <param name="aim">Null for whichever session there is.</param>
    private async ValueTask<CommandAnswer> CommandAsync(CommandAim? aim, Func<Session, CommandAnswer> body)
    {
        var answer = await _monitor.RunAsync(session => Judge(session, aim) ?? body(session));
        // A gateway may have the connection of a transient session that nothing else knows of (invariant B8).
        if (answer.Outcome == CommandOutcome.NoSession && await services.Held.IsAnywhereAsync(ClientId)) return new CommandAnswer(CommandOutcome.Awaited);
        LetGo();
        return answer;
    }

    /// <summary>Null to go on.</summary>
    private CommandAnswer? Judge(Session session, CommandAim? aim)
    {
        if (session.IsAwaited) return new CommandAnswer(CommandOutcome.Awaited);
        if (!session.Exists) return new CommandAnswer(CommandOutcome.NoSession);
        return aim is not { } meant || IsMeant(session, meant) ? null : new CommandAnswer(CommandOutcome.Changed, AimAt(session));
    }

    private bool IsMeant(Session session, CommandAim aim)
    {
        if (session.Incarnation != aim.Stamp.Incarnation) return false;
        if (session.Epoch == aim.Stamp.Epoch) return true;
        // It has gone on here under the connection that was meant.
        return aim.Gateway is { } gateway && Attached(session) is { } connection && IsSame(connection, aim.ConnectionId, gateway);
    }

    private CommandAnswer Done(Session session) => new(CommandOutcome.Done, AimAt(session));

    private CommandAim AimAt(Session session)
    {
        var connection = Attached(session);
        var gateway = connection is RemoteConnection remote ? remote.Gateway : services.Senders.Self;
        return new CommandAim(new SessionStamp(session.Incarnation, session.Epoch), connection is null ? null : gateway, connection?.ConnectionId ?? 0);
    }

    private ISessionConnection? Attached(Session session) => _monitor.Connection is { } connection && session.IsCurrent(connection) ? connection : null;

    /// <summary>Of a session that ends with its connection the journal has the will alone: found after a crash, it would go after all.</summary>
    private ulong ForgetWill(bool isPublished) => isPublished || _journal is null ? 0 : _journal.RemoveWill();

    /// <summary>Retained, then live messages may go; there is no SUBACK for them to wait for.</summary>
    private void Subscribed(Session session, Subscribe subscribe)
    {
        if (subscribe is { Connection: RemoteConnection remote, IsDurable: false }) remote.Holds(subscribe.Held, subscribe.Ended);
        session.CompleteSubscribe(subscribe.Connection!, services.Session.Clock.NowMilliseconds);
    }

    private async ValueTask<CommandAnswer> StoredAsync(CommandAnswer answer, ulong number) =>
        answer.Outcome != CommandOutcome.Done || await IsStoredAsync(number) ? answer : answer with { Outcome = CommandOutcome.NotStored };

    /// <summary>What a transient session holds is with the gateway of its connection before it is promised, as nothing else keeps it.</summary>
    private async ValueTask<CommandAnswer> KnownAsync(ISessionConnection? connection, CommandAnswer answer)
    {
        if (answer.Outcome != CommandOutcome.Done || connection is not RemoteConnection remote) return answer;
        try
        {
            await remote.ArrivedAsync().WaitAsync(services.Timing.SubscribeTimeout, services.Session.Clock.TimeProvider);
            return answer;
        }
        catch (TimeoutException)
        {
            return answer with { Outcome = CommandOutcome.NotReached };
        }
    }

    private static CommandOutcome FailureOf(ReasonCode reason, bool isStored)
    {
        if (reason != ReasonCode.ImplementationSpecificError) return CommandOutcome.Refused;
        return isStored ? CommandOutcome.NotReached : CommandOutcome.NotStored;
    }
}
