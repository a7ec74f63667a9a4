using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Silo.Hosting;

/// <summary>
/// Collects once after a burst. What a storm of CONNECTs allocates survives the small collections and dies afterwards, when an idle broker allocates too little for the
/// large one that would give it back (ADR 0011).
/// </summary>
internal sealed class QuietCollection(TimeProvider time, BrokerCounters counters) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly QuietWatch _watch = new();
    private ITimer? _timer;
    private int _isCollecting;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static state => ((QuietCollection)state!).Look(), this, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        // The timer does not wait for the last look, which may be collecting.
        if (Interlocked.Exchange(ref _isCollecting, 1) != 0)
            return;
        var kind = _watch.Next(GC.GetTotalAllocatedBytes(), counters.PublicationsReceived, GC.GetTotalMemory(forceFullCollection: false));
        if (kind == QuietWatch.Collection.Compacting)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        else if (kind == QuietWatch.Collection.Background)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        else if (kind == QuietWatch.Collection.Small)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        Volatile.Write(ref _isCollecting, 0);
    }
}
