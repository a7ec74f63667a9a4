using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <summary>Asks every node for its figures, and remembers those that died while this one ran.</summary>
internal sealed partial class ClusterReports(
    ClusterView view, ISiloStatusOracle oracle, IClusterManifestProvider manifests, NodeQueriesClient nodes, NodeReporter own, BrokerClock clock, ILogger<ClusterReports> logger)
    : IClusterReports, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Dead ones are told of for so long.</summary>
    private const long RememberedMilliseconds = 3_600_000;

    private const int MostRemembered = 64;

    /// <summary>Of one node; all are asked at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Queue<(SiloAddress Silo, NodeRoles Roles, long Milliseconds)> _dead = new();

    /// <summary>Of those that live: a dead one's manifest is gone.</summary>
    private readonly Dictionary<SiloAddress, NodeRoles> _roles = [];

    /// <summary>Whoever was dead before this node was active died at a time that it does not know.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(ClusterReports), ServiceLifecycleStage.Active, _ => FollowAsync(), _ => UnfollowAsync());

    public async Task<ClusterReport> ReadAsync(CancellationToken cancellation)
    {
        var at = clock.ToUtcMilliseconds(clock.NowMilliseconds);
        var living = oracle.GetApproximateSiloStatuses(onlyActive: false).Where(static silo => silo.Value != SiloStatus.Dead).OrderBy(static silo => silo.Key);
        var answers = await Task.WhenAll(living.Select(silo => ReadAsync(silo.Key, silo.Value, cancellation)));
        cancellation.ThrowIfCancellationRequested();
        return new ClusterReport(at, [.. answers, .. Dead()]);
    }

    private async Task<ClusterNode> ReadAsync(SiloAddress silo, SiloStatus status, CancellationToken cancellation)
    {
        var isAsked = status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;
        var report = isAsked ? await AskAsync(silo, cancellation) : null;
        return new ClusterNode(
            silo.ToParsableString(), NamesOf(RolesProperty.Read(manifests.Current, silo)), StatusOf(silo, status, report), DiedUtcMilliseconds: null, report, isAsked && report is null);
    }

    private async Task<NodeReport?> AskAsync(SiloAddress silo, CancellationToken cancellation)
    {
        try
        {
            var report = silo.Equals(view.Self) ? own.ReadAsync() : nodes.For(silo).ReportAsync().AsTask();
            return await report.WaitAsync(Patience, clock.TimeProvider, cancellation);
        }
        catch (Exception failure)
        {
            // Whatever the call failed of, the others have answered.
            LogNoAnswer(failure, silo);
            return null;
        }
    }

    private NodeStatus StatusOf(SiloAddress silo, SiloStatus status, NodeReport? report) => status switch
    {
        SiloStatus.Active when report is { IsDraining: true } || view.IsDrainingAt(silo) => NodeStatus.Draining,
        SiloStatus.Active => NodeStatus.Active,
        SiloStatus.ShuttingDown or SiloStatus.Stopping => NodeStatus.Stopping,
        _ => NodeStatus.Joining,
    };

    private static string[] NamesOf(NodeRoles roles) =>
        [.. new[] { NodeRoles.Gateway, NodeRoles.Core }.Where(role => roles.HasFlag(role)).Select(static role => role.ToString().ToLowerInvariant())];

    private ClusterNode[] Dead()
    {
        lock (_dead)
        {
            while (_dead.TryPeek(out var oldest) && clock.NowMilliseconds - oldest.Milliseconds > RememberedMilliseconds) _dead.Dequeue();
            return [.. _dead.Select(died => new ClusterNode(
                died.Silo.ToParsableString(), NamesOf(died.Roles), NodeStatus.Dead, clock.ToUtcMilliseconds(died.Milliseconds), Report: null, IsMissing: false))];
        }
    }

    private Task FollowAsync()
    {
        view.Changed += ReadRoles;
        view.Died += Remember;
        ReadRoles();
        return Task.CompletedTask;
    }

    private Task UnfollowAsync()
    {
        view.Changed -= ReadRoles;
        view.Died -= Remember;
        return Task.CompletedTask;
    }

    private void Remember(SiloAddress silo)
    {
        lock (_dead)
        {
            if (_dead.Count == MostRemembered) _dead.Dequeue();
            _roles.Remove(silo, out var roles);
            _dead.Enqueue((silo, roles, clock.NowMilliseconds));
        }
    }

    private void ReadRoles()
    {
        lock (_dead)
        {
            foreach (var silo in view.Active) _roles[silo] = RolesProperty.Read(manifests.Current, silo);
        }
    }

    [LoggerMessage(2130, LogLevel.Debug, "{Silo} has not said its figures")]
    private partial void LogNoAnswer(Exception failure, SiloAddress silo);
}
