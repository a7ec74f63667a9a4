using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>
/// An administrator's commands as grain calls. What they are meant for is read first; a call that may have run, because the session's silo went under it, is given again
/// and finds the same session or connection, or that its work is done.
/// </summary>
internal sealed class SessionCommands(ISessionGrains grains, SessionLookup lookup, LimitsOptions limits, TimingOptions timing, BrokerClock clock) : ISessionCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public Task<CommandAnswer> EndAsync(string clientId, bool publishWill, SessionStamp? expected, CancellationToken cancellation) => RunAsync(
        clientId, expected, (session, aim) => session.EndForAsync(new EndCommand(aim, publishWill)), IsAnotherSession, cancellation);

    public Task<CommandAnswer> DisconnectAsync(
        string clientId, ReasonCode reason, bool publishWill, string? serverReference, SessionStamp? expected, CancellationToken cancellation) => RunAsync(
        clientId, expected, (session, aim) => session.DisconnectForAsync(new DisconnectCommand(aim, reason, publishWill, serverReference)), static (_, _) => true, cancellation);

    public async Task<CommandAnswer> SubscribeAsync(string clientId, FilterRequest filter, uint identifier, SessionStamp? expected, CancellationToken cancellation)
    {
        var refusal = Check(filter, identifier);
        if (refusal != ReasonCode.Success) return new CommandAnswer(CommandOutcome.Refused, Reason: refusal);
        // A server without QoS 2 grants what it has [MQTT5-3.2.2-10].
        var granted = filter with { QoS = Math.Min(filter.QoS, (byte)limits.MaxQoS), Refusal = ReasonCode.Success };
        // Whichever session there is, it has the subscription in the end.
        return await RunAsync(clientId, expected, (session, aim) => session.SubscribeForAsync(new SubscribeCommand(aim, granted, identifier)), static (_, _) => false, cancellation);
    }

    public async Task<CommandAnswer> UnsubscribeAsync(string clientId, string filter, SessionStamp? expected, CancellationToken cancellation)
    {
        // No session has what is no filter.
        if (Parse(filter) is null) return new CommandAnswer(CommandOutcome.NoSubscription);
        return await RunAsync(clientId, expected, (session, aim) => session.UnsubscribeForAsync(new UnsubscribeCommand(aim, filter)), IsAnotherSession, cancellation);
    }

    private ReasonCode Check(in FilterRequest filter, uint identifier)
    {
        var parsed = Parse(filter.Filter);
        if (parsed is { IsShared: true } && filter.NoLocal) return ReasonCode.ProtocolError; // [MQTT5-3.8.3-4]
        if (filter.QoS > (byte)QoS.ExactlyOnce || filter.RetainHandling > (byte)RetainHandling.DoNotSend) return ReasonCode.ProtocolError; // [MQTT5-3.8.3-5]
        if (identifier != 0 && !limits.SubscriptionIdentifierAvailable) return ReasonCode.SubscriptionIdentifiersNotSupported;
        return FilterRules.Check(parsed, limits);
    }

    private static TopicFilter? Parse(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return utf8.Length <= TopicName.MaximumBytes && TopicFilter.TryParse(utf8, out var filter, out _) ? filter : null;
    }

    private static bool IsAnotherSession(CommandAim meant, CommandAim found) => meant.Stamp.Incarnation != found.Stamp.Incarnation;

    /// <param name="isDoneWhen">Says of a call that may have run whether what is found now, instead of what was meant, shows that it has.</param>
    private async Task<CommandAnswer> RunAsync(
        string clientId, SessionStamp? expected, Func<ISessionGrain, CommandAim, ValueTask<CommandAnswer>> command, Func<CommandAim, CommandAim, bool> isDoneWhen, CancellationToken cancellation)
    {
        var run = new CommandRun(expected, command, isDoneWhen);
        var started = clock.TimeProvider.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var exists = await lookup.ExistsAsync(clientId);
            if (exists == false) return run.Gone();
            if (exists == true && await run.TryAsync(grains.For(clientId)) is { } answer) return answer;
            if (clock.TimeProvider.GetElapsedTime(started) > timing.SubscribeTimeout) return new CommandAnswer(CommandOutcome.NotReached);
            await Task.Delay(Pause, clock.TimeProvider, cancellation);
        }
    }
}
