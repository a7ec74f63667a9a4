using Microsoft.Extensions.Hosting;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Gateway.Transports;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Gateway.Hosting;

/// <summary>The gateway's clock work: sweeps connections without CONNECT and sockets that should be WebSockets, and closes all when the node stops, before anything that they need stops.</summary>
internal sealed class GatewayHost(
    ConnectionRegistry registry, PendingUpgrades upgrades, GatewayServices services, BrokerClock clock, TimingOptions timing, IHostApplicationLifetime lifetime, IClusterContact? cluster = null)
    : IHostedService, IDrainedPart, IDisposable
{
    // How late a missing CONNECT may be noticed.
    internal static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(50);

    private readonly SweepPardon _pardon = new(SweepInterval);
    private ITimer? _sweep;
    private CancellationTokenRegistration _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sweep = clock.TimeProvider.CreateTimer(static state => ((GatewayHost)state!).Sweep(), this, SweepInterval, SweepInterval);
        // Not in StopAsync: the server stops before this service and waits there for the connections to end.
        _stopping = lifetime.ApplicationStopping.Register(Stop);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        registry.Stop();
        return Task.CompletedTask;
    }

    /// <summary>Sends the clients to the other gateways at the limited rate, or faster when the time asks for it.</summary>
    public async Task DrainAsync(TimeSpan time, CancellationToken cancellation)
    {
        if (HasNoOther) return;
        registry.StopAccepting();
        // One step less than there is time for: the last connections close, too.
        var steps = Math.Max(1, (int)(time / DrainStep) - 1);
        var perStep = Math.Max((int)(services.Limits.DrainRate * DrainStep.TotalSeconds), (registry.Count + steps - 1) / steps);
        while (registry.Count > 0)
        {
            foreach (var connection in registry.Take(Math.Max(1, perStep))) connection.SendElsewhere();
            await Task.Delay(DrainStep, clock.TimeProvider, cancellation);
        }
    }

    public void Dispose()
    {
        _sweep?.Dispose();
        _stopping.Dispose();
    }

    private bool HasNoOther => cluster is null || !cluster.HasOtherGateway;

    private void Stop()
    {
        // All at once where there is nowhere to go; otherwise they are drained.
        if (HasNoOther) registry.Stop();
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
