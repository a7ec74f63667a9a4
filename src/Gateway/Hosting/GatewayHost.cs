using Microsoft.Extensions.Hosting;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Transports;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Gateway.Hosting;

/// <summary>The gateway's clock work: sweeps connections without CONNECT and sockets that should be WebSockets, and closes all when the node stops, before anything that they need stops.</summary>
internal sealed class GatewayHost(ConnectionRegistry registry, PendingUpgrades upgrades, GatewayServices services, BrokerClock clock, TimingOptions timing, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    // How late a missing CONNECT may be noticed.
    internal static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly SweepPardon _pardon = new(SweepInterval);
    private ITimer? _sweep;
    private CancellationTokenRegistration _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sweep = clock.TimeProvider.CreateTimer(static state => ((GatewayHost)state!).Sweep(), this, SweepInterval, SweepInterval);
        // Not in StopAsync: the server stops before this service and waits there for the connections to end.
        _stopping = lifetime.ApplicationStopping.Register(registry.Stop);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        registry.Stop();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _sweep?.Dispose();
        _stopping.Dispose();
    }

    private void Sweep()
    {
        var storeWait = timing.ConnectTimeout + timing.StoreWait;
        // Time in which nobody read the sockets is not the clients'.
        var now = clock.NowMilliseconds - _pardon.At(clock.NowMilliseconds, timing.ConnectTimeout + storeWait);
        var connectBefore = now - (long)timing.ConnectTimeout.TotalMilliseconds;
        // Authentication has the time of a CONNECT, the session that of its store.
        registry.Sweep(connectBefore, connectBefore - (long)storeWait.TotalMilliseconds);
        upgrades.Sweep(connectBefore);
        // Most of the time nothing waits: then nobody is asked.
        if (services.Pending.Bytes > 0)
            registry.SweepOverdue(clock.NowMilliseconds, (long)timing.StoreWait.TotalMilliseconds);
    }
}
