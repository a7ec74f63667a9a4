using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Hands connections whose sessions' silo is gone to the sessions' next activations, so many at once as the owner allows, each again and again until it is taken. A connection
/// whose session cannot be reached for <see cref="TimingOptions.SessionUnreachable"/> is closed by the fence, so that its device goes elsewhere; for as long again the session is asked for, so that the connection's end is told.
/// </summary>
internal sealed partial class Reattacher(
    ISessionGrains grains, LimitsOptions limits, TimingOptions timing, BrokerClock clock, ILogger<Reattacher> logger, IGatewayFence? fence = null)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>An entry for each call under way.</summary>
    private readonly Channel<bool> _underway = Channel.CreateBounded<bool>(limits.MaxReattaching);

    /// <summary>Fails of nothing.</summary>
    public async Task RunAsync(RemoteSession session)
    {
        var started = clock.TimeProvider.GetTimestamp();
        var isGivenUp = false;
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
            if (isGivenUp || unreachable < timing.SessionUnreachable || session.Request is null) continue;
            LogUnreachable(session.ClientId);
            isGivenUp = true;
            // It closes at a limited rate; the connection tells the session of its end, as of any other.
            fence?.SessionUnreachable(session.ConnectionId);
        }
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

    [LoggerMessage(2104, LogLevel.Warning, "The connection of session {ClientId} not handed over; tried again")]
    private partial void LogNotTaken(Exception exception, string clientId);

    [LoggerMessage(2105, LogLevel.Warning, "Session {ClientId} cannot be reached; its connection is closed soon")]
    private partial void LogUnreachable(string clientId);
}
