using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Knows whether the store answers: commits tell it by themselves, and so does the lease; a node that has nothing to write asks its store for a sign of life, one small read. A store that reads
/// in this process is not asked: only its commits can fail.
/// </summary>
internal sealed partial class StoreWatch(IJournalStore store, JournalWriter writer, TimingOptions timing, TimeProvider time, ILogger<StoreWatch> logger, INodeLease? lease = null)
    : BackgroundService, IStoreContact
{
    /// <summary>Probes without an answer until the store counts as not reached.</summary>
    private const int Patience = 3;

    private PeriodicTimer? _timer;
    private long _missingSince;
    private long _failed;

    /// <inheritdoc/>
    public string? Trouble
    {
        get
        {
            var limit = timing.StoreProbe * Patience;
            if (limit == TimeSpan.Zero) return null;
            if (MissingFor >= limit) return "The store does not answer.";
            if (writer.FailingFor >= limit) return "The store takes no commits.";
            return LeaselessFor >= limit ? "The node's lease in the store has run out and is not renewed." : null;
        }
    }

    /// <summary>The longest time for which one kind of call has failed; zero while none does.</summary>
    public TimeSpan UnreachedFor => new(Math.Max(Math.Max(MissingFor.Ticks, writer.FailingFor.Ticks), LeaselessFor.Ticks));

    public long FailedProbes => Interlocked.Read(ref _failed);

    private TimeSpan MissingFor => Volatile.Read(ref _missingSince) is var since and not 0 ? time.GetElapsedTime(since) : TimeSpan.Zero;

    private TimeSpan LeaselessFor => lease?.InvalidFor ?? TimeSpan.Zero;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (store.ReadsInline || timing.StoreProbe == TimeSpan.Zero) return Task.CompletedTask;
        _timer = new PeriodicTimer(timing.StoreProbe, time);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _timer?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _timer!.WaitForNextTickAsync(stoppingToken)) await ProbeAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task ProbeAsync(CancellationToken stoppingToken)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(timing.StoreProbe, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            await store.Leases.RemainingAsync(writer.Id, both.Token).AsTask().WaitAsync(both.Token);
            if (Interlocked.Exchange(ref _missingSince, 0) is var since and not 0) LogReached(time.GetElapsedTime(since));
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // Whatever the store failed of: it is asked again.
            Interlocked.Increment(ref _failed);
            if (Interlocked.CompareExchange(ref _missingSince, started, 0) == 0) LogMissing(failure);
        }
    }

    [LoggerMessage(2120, LogLevel.Warning, "The store gives no sign of life; it is asked again and again")]
    private partial void LogMissing(Exception failure);

    [LoggerMessage(2121, LogLevel.Information, "The store answers again, after {After}")]
    private partial void LogReached(TimeSpan after);
}
