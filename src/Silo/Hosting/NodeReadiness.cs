using OrleansBroker.Api.Health;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Follows the host: it has started when the silo is active and the listeners serve, for both are services of it. From then on its store must answer.</summary>
internal sealed class NodeReadiness(IHostApplicationLifetime lifetime, IStoreContact store) : IReadiness
{
    public ReadinessState State =>
        lifetime.ApplicationStopping.IsCancellationRequested ? ReadinessState.Draining
        : !lifetime.ApplicationStarted.IsCancellationRequested ? ReadinessState.Starting
        : store.Trouble is null ? ReadinessState.Ready
        : ReadinessState.StoreUnreachable;

    public string? Detail => State == ReadinessState.StoreUnreachable ? store.Trouble : null;
}
