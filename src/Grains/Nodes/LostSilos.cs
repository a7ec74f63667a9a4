using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// A silo is dead. Its sessions' connections here are handed over; its own connections have ended without a word, and the wills and expiries of their sessions here
/// count from now.
/// </summary>
internal sealed class LostSilos(ClusterView cluster, RemoteSessions remote, LocalSessions sessions) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(LostSilos), ServiceLifecycleStage.RuntimeGrainServices, _ => StartAsync());

    private Task StartAsync()
    {
        cluster.Died += SiloDied;
        return Task.CompletedTask;
    }

    private void SiloDied(SiloAddress silo)
    {
        remote.SiloDied(silo);
        foreach (var monitor in sessions.Open) monitor.GatewayDied(silo);
    }
}
