using OrleansBroker.Api.Health;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Follows the host: it has started when the silo is active and the listeners serve, for both are services of it.</summary>
internal sealed class NodeReadiness(IHostApplicationLifetime lifetime) : IReadiness
{
    public ReadinessState State =>
        lifetime.ApplicationStopping.IsCancellationRequested ? ReadinessState.Draining
        : lifetime.ApplicationStarted.IsCancellationRequested ? ReadinessState.Ready
        : ReadinessState.Starting;
}
