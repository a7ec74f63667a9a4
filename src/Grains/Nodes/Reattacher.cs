using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Hands connections whose sessions' silo is gone to the sessions' next activations, so many at once as the owner allows, each again and again until it is taken. A connection
/// whose session cannot be reached for <see cref="TimingOptions.SessionUnreachable"/> is closed, so that its device goes elsewhere; for as long again the session is told that it has ended.
/// </summary>
internal sealed partial class Reattacher(
    ISessionGrains grains, NodeSenders senders, IConnectionRegistry connections, LimitsOptions limits, TimingOptions timing, BrokerClock clock, ILogger<Reattacher> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>An entry for each call under way.</summary>
    private readonly Channel<bool> _underway = Channel.CreateBounded<bool>(limits.MaxReattaching);

    /// <summary>Fails of nothing.</summary>
    public async Task RunAsync(RemoteSession session)
    {
        var started = clock.TimeProvider.GetTimestamp();
        var isClosed = false;
        for (var delay = FirstDelay; session.Request is { } request; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            var reason = await TryAsync(session.ClientId, request);
            if (reason == ReasonCode.SessionTakenOver)
            {
                // Somebody else is the client by now, or its session has ended.
                session.Close(ReasonCode.SessionTakenOver);
                return;
            }

            // Taken: the word comes through the session's own lane, in front of what it sends. Not taken: again.
            await WaitAsync(session, request, reason == ReasonCode.Success ? LongestDelay : delay);
            var unreachable = clock.TimeProvider.GetElapsedTime(started);
            if (unreachable > 2 * timing.SessionUnreachable) return;
            if (isClosed || unreachable < timing.SessionUnreachable || session.Request is null) continue;
            LogUnreachable(session.ClientId);
            isClosed = true;
            if (connections.TryGet(session.ConnectionId, out _)) session.CloseUnreachable();
        }

        if (isClosed) await DisconnectAsync(session, senders.Self);
    }

    private async Task<ReasonCode> TryAsync(string clientId, ReattachRequest request)
    {
        await _underway.Writer.WriteAsync(true);
        try
        {
            return await grains.For(clientId).ReattachAsync(request);
        }
        catch (Exception exception)
        {
            // Whatever the call failed of: its silo may be dying too, its store may not answer.
            LogNotTaken(exception, clientId);
            return ReasonCode.ServerUnavailable;
        }
        finally
        {
            _underway.Reader.TryRead(out _);
        }
    }

    private async Task WaitAsync(RemoteSession session, ReattachRequest request, TimeSpan limit)
    {
        using var time = new CancellationTokenSource(limit, clock.TimeProvider);
        while (ReferenceEquals(session.Request, request))
        {
            var changed = session.ChangedAsync(attachment: 0, session.Answers);
            if (await Task.WhenAny(changed, Task.Delay(Timeout.InfiniteTimeSpan, clock.TimeProvider, time.Token)) != changed) return;
        }
    }

    private async Task DisconnectAsync(RemoteSession session, SiloAddress gateway)
    {
        try
        {
            await grains.For(session.ClientId).DisconnectAsync(session.ConnectionId, gateway, new ConnectionEnd(ReasonCode.ServerUnavailable, PublishWill: true));
        }
        catch (Exception exception)
        {
            // Found by asking the gateway, which has the connection no more.
            LogNotTaken(exception, session.ClientId);
        }

        session.End();
    }

    [LoggerMessage(2104, LogLevel.Warning, "The connection of session {ClientId} not handed over; tried again")]
    private partial void LogNotTaken(Exception exception, string clientId);

    [LoggerMessage(2105, LogLevel.Warning, "Session {ClientId} cannot be reached; its connection is closed")]
    private partial void LogUnreachable(string clientId);
}
