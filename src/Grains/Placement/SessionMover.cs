using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Placement;

/// <summary>
/// When a core comes, moves this silo's sessions that belong there at a limited rate, without their clients noticing; when this silo is stopped, all of them. Those whose connection is
/// on this silo stay: they go with it.
/// </summary>
internal sealed partial class SessionMover(
    ISessionGrains grains, SessionMap map, LocalSessions sessions, ClusterView view, LimitsOptions limits, BrokerClock clock, ILogger<SessionMover> logger) : BackgroundService
{
    private const int AtOnceWhenStopping = 64;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _changed = new(0);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        view.Changed += Wake;
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Before the silo stops: each session goes on elsewhere as soon as it has left.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        view.Changed -= Wake;
        await base.StopAsync(cancellationToken);
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnceWhenStopping, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Movable(), options, async (session, _) => await MoveAsync(session, map.OwnerOf(session, view.Self)));
        }
        catch (OperationCanceledException)
        {
            // The time is over: what is left leaves with the silo.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _changed.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stoppingToken);
                await MoveAllAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void Wake() => _changed.Release();

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
