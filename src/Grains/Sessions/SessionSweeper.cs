using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// Wakes sessions that nobody has active, at a limited rate: those in whose journals something is due (a will after its delay, the end of a session), and those
/// that were connected to a node that is gone (invariant B9). Each bucket of the store's index is swept where the shard of its number is.
/// </summary>
internal sealed partial class SessionSweeper(
    JournalWriter writer, ClusterView cluster, LocalShards shards, ShardSpace space, ISessionGrains grains, BrokerClock clock, ILogger<SessionSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Sessions of a bucket, and of a node that is gone, that are woken at once: 6,400 a second with 64 buckets.</summary>
    private const int Page = 100;

    private const int MillisecondsPerSecond = 1000;

    private readonly DueJournal?[] _after = new DueJournal?[writer.Store.BucketCount];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(SweepDueAsync, stoppingToken);
                await TryAsync(SweepGoneAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task SweepDueAsync(CancellationToken cancellation)
    {
        // A second begins to be due when it has come.
        var before = (clock.ToUtcMilliseconds(clock.NowMilliseconds) / MillisecondsPerSecond) + 1;
        for (var bucket = 0; bucket < _after.Length; bucket++)
        {
            if (!IsHere(bucket)) continue;
            var due = await writer.Store.DueAsync(bucket, before, _after[bucket], Page, cancellation);
            // What cannot be woken must not stand before the others: on to the end, then from the beginning.
            _after[bucket] = due.Count == Page ? due[^1] : null;
            foreach (var entry in due) await WakeAsync(entry.Journal);
        }
    }

    private async Task SweepGoneAsync(CancellationToken cancellation)
    {
        foreach (var owner in await writer.Store.AttachedOwnersAsync(IsAlive, null, Page, cancellation))
        {
            if (IsAlive(owner)) continue;
            JournalId? after = null;
            for (var pages = 0; pages < _after.Length; pages++)
            {
                var attached = await writer.Store.AttachedAsync(owner, after, Page, cancellation);
                foreach (var journal in attached.Where(journal => IsHere(journal.BucketOf(_after.Length)))) await WakeAsync(journal);
                if (attached.Count < Page) break;
                after = attached[^1];
            }
        }
    }

    /// <summary>Its connections are its own to tell of.</summary>
    private bool IsAlive(string owner) => HeldClients.Parse(owner) is { } gateway && (gateway.Equals(cluster.Self) || cluster.Active.Contains(gateway));

    private bool IsHere(int bucket) => shards.Find(bucket % space.Shards) is not null;

    private async Task WakeAsync(JournalId journal)
    {
        if (journal.Kind == SessionGrain.JournalKind) await grains.For(journal.Key).WakeAsync();
    }

    private async Task TryAsync(Func<CancellationToken, Task> sweep, CancellationToken cancellation)
    {
        try
        {
            await sweep(cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure); // the store is out of reach: the next second tries again
        }
    }

    [LoggerMessage(2006, LogLevel.Warning, "Sessions whose time has come could not be looked for; it is tried again in a second")]
    private partial void LogFailed(Exception failure);
}
