using Microsoft.Extensions.Hosting;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Leases;

namespace OrleansBroker.Gateway.Hosting;

/// <summary>
/// Closed while this process is late with its own work: a timer of the thread pool, which answers the probes of other nodes, too, has not come when it should. New
/// connections wait then, so that a storm of them gets no node taken for dead (invariant H6). A node without a cluster has nobody who probes it: its gate is open.
/// </summary>
internal sealed class AdmissionGate(TimeProvider time, TimingOptions timing, INodeLease? lease = null) : IHostedService, IDisposable
{
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>From one look at a closed gate to the next.</summary>
    internal static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private ITimer? _timer;
    private long _lastTick;

    public bool IsClosed => _timer is not null && time.GetElapsedTime(Volatile.Read(ref _lastTick)) > Interval + timing.AdmissionLateness;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (lease is null || timing.AdmissionLateness == TimeSpan.Zero) return Task.CompletedTask;
        Tick();
        _timer = time.CreateTimer(static gate => ((AdmissionGate)gate!).Tick(), this, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>Completes when the gate is open; one connection more may come in.</summary>
    public ValueTask OpenAsync() => IsClosed ? new ValueTask(WaitAsync()) : ValueTask.CompletedTask;

    private async Task WaitAsync()
    {
        while (IsClosed) await Task.Delay(Rest, time);
    }

    private void Tick() => Volatile.Write(ref _lastTick, time.GetTimestamp());
}
