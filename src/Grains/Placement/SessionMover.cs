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
    private const int AtOnceWhenDraining = 64;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>A session that has not left after so many looks is asked again.</summary>
    private const int LooksForOne = 20;

    /// <summary>Each session goes on elsewhere as soon as it has left.</summary>
    public async Task DrainAsync(TimeSpan time, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnceWhenDraining, CancellationToken = cancellation };
        var asked = new HashSet<string>(StringComparer.Ordinal);
        for (var look = 1; view.Cores.Any(core => !core.Equals(view.Self)) && sessions.Open.Any(); look++)
        {
            var left = Movable().Where(asked.Add).ToList();
            await Parallel.ForEachAsync(left, options, async (session, _) => await MoveAsync(session, map.OwnerOf(session, view.Self)));
            await Task.Delay(LookAgain, clock.TimeProvider, cancellation);
            if (look % LooksForOne == 0) asked.Clear();
        }
    }

    protected override void Subscribe(Action changed) => view.Changed += changed;

    protected override void Unsubscribe(Action changed) => view.Changed -= changed;

    protected override Task FollowAsync(CancellationToken stoppingToken) => view.IsDraining ? Task.CompletedTask : MoveAllAsync(stoppingToken);

    private async Task MoveAllAsync(CancellationToken cancellation)
    {
        var perStep = Math.Max(1, (int)(limits.SessionMovesPerSecond * Step.TotalSeconds));
        foreach (var step in Movable().Where(session => !view.Self.Equals(map.OwnerOf(session))).Chunk(perStep))
        {
            await Task.WhenAll(step.Select(session => MoveAsync(session, map.OwnerOf(session))));
            await Task.Delay(Step, clock.TimeProvider, cancellation);
        }
    }

    /// <summary>On a node with both roles a session follows its connection instead.</summary>
    private IEnumerable<string> Movable() => sessions.Open.Where(static monitor => !monitor.HasConnectionHere).Select(static monitor => monitor.Identity.ClientId);

    private async Task MoveAsync(string clientId, SiloAddress? to)
    {
        if (to is null || to.Equals(view.Self)) return;
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

    [LoggerMessage(2012, LogLevel.Warning, "Session {ClientId} could not be moved to {Silo}")]
    private partial void LogNotMoved(Exception failure, string clientId, SiloAddress silo);
}
