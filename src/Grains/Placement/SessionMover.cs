using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Placement;

/// <summary>
/// When a core comes, moves this silo's sessions that belong there at a limited rate, without their clients noticing; when this silo drains, all of them. Those whose connection is
/// on this silo stay as long as it is.
/// </summary>
internal sealed partial class SessionMover(
    ISessionGrains grains, SessionMap map, LocalSessions sessions, ClusterView view, LimitsOptions limits, BrokerClock clock, ILogger<SessionMover> logger) : ChangeFollower, IDrainedPart
{
    /// <summary>
    /// Sessions on their way to others: a core that has just come, and is slow with everything, sets the pace. By rate alone three cores kept one busy with nothing else for
    /// five seconds.
    /// </summary>
    private const int AtOnce = 4;

    /// <summary>Likewise: six thousand that left within 0.4 s kept the others from everything else for some seconds.</summary>
    private const int AtOnceWhenDraining = 16;

    /// <summary>Of one session, to leave: its last commit may wait for the store.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LeavingLook = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>A session that has not left after so many looks is asked again.</summary>
    private const int LooksForOne = 20;

    /// <summary>Each session goes on elsewhere as soon as it has left.</summary>
    public async Task DrainAsync(TimeSpan time, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnceWhenDraining, CancellationToken = cancellation };
        var asked = new HashSet<string>(StringComparer.Ordinal);
        LogDraining(sessions.Open.Count());
        for (var look = 1; view.Cores.Any(core => !core.Equals(view.Self)) && sessions.Open.Any(); look++)
        {
            var left = Movable().Where(asked.Add).ToList();
            await Parallel.ForEachAsync(left, options, async (session, stop) => await MoveWholeAsync(session, map.OwnerOf(session, view.Self), stop));
            await Task.Delay(LookAgain, clock.TimeProvider, cancellation);
            if (look % LooksForOne == 0) asked.Clear();
        }

        LogDrained(sessions.Open.Count());
    }

    protected override void Subscribe(Action changed) => view.Changed += changed;

    protected override void Unsubscribe(Action changed) => view.Changed -= changed;

    protected override Task FollowAsync(CancellationToken stoppingToken) => view.IsDraining ? Task.CompletedTask : MoveAllAsync(stoppingToken);

    private async Task MoveAllAsync(CancellationToken cancellation)
    {
        var perStep = Math.Max(1, (int)(limits.SessionMovesPerSecond * Step.TotalSeconds));
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        var moved = 0;
        foreach (var step in Movable().Where(session => !view.Self.Equals(map.OwnerOf(session))).Chunk(perStep))
        {
            if (view.IsDraining) return;
            var time = Task.Delay(Step, clock.TimeProvider, cancellation);
            await Parallel.ForEachAsync(step, options, async (session, stop) =>
            {
                if (await MoveWholeAsync(session, map.OwnerOf(session), stop)) Interlocked.Increment(ref moved);
            });
            await time;
        }

        if (moved > 0) LogMoved(moved, sessions.Open.Count());
    }

    /// <summary>Until it is open there.</summary>
    /// <returns>False when it stays.</returns>
    private async Task<bool> MoveWholeAsync(string clientId, SiloAddress? to, CancellationToken cancellation)
    {
        if (to is null || to.Equals(view.Self) || sessions.Find(clientId) is not { } monitor) return false;
        await MoveAsync(clientId, to);
        var started = clock.TimeProvider.GetTimestamp();
        while (sessions.Find(clientId) == monitor && clock.TimeProvider.GetElapsedTime(started) < Patience) await Task.Delay(LeavingLook, clock.TimeProvider, cancellation);
        // Asked again where it is: answered at once there.
        if (sessions.Find(clientId) is not null) return false;
        await MoveAsync(clientId, to);
        return true;
    }

    /// <summary>On a node with both roles a session follows its connection instead.</summary>
    private IEnumerable<string> Movable() => sessions.Open.Where(static monitor => !monitor.HasConnectionHere).Select(static monitor => monitor.Identity.ClientId);

    private async Task MoveAsync(string clientId, SiloAddress to)
    {
        try
        {
            await grains.For(clientId).MoveAsync(to);
        }
        catch (Exception failure)
        {
            // It stays, or opens where it is next asked for.
            LogNotMoved(failure, clientId, to);
        }
    }

    [LoggerMessage(2013, LogLevel.Information, "Draining: sessions={Sessions}")]
    private partial void LogDraining(int sessions);

    [LoggerMessage(2014, LogLevel.Information, "Drained: sessions left={Sessions}")]
    private partial void LogDrained(int sessions);

    [LoggerMessage(2015, LogLevel.Information, "Other cores have their share of sessions: moved={Moved} left={Left}")]
    private partial void LogMoved(int moved, int left);

    [LoggerMessage(2012, LogLevel.Warning, "Session {ClientId} could not be moved to {Silo}")]
    private partial void LogNotMoved(Exception failure, string clientId, SiloAddress silo);
}
