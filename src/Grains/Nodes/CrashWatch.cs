using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Where a process has ended, its machine refuses connections at once; probes have failed often enough only a second later. A node that is refused asks another one whether it is
/// refused there, too, and then the silo is declared dead. What is slow, frozen or cut off refuses nothing and is left to Orleans' probes.
/// </summary>
internal sealed partial class CrashWatch(ISiloReach reach, BrokerClock clock, ILogger<CrashWatch> logger) : BackgroundService
{
    /// <summary>Each silo is watched by so many others.</summary>
    private const int Watched = 4;

    /// <summary>A crash is noticed after half of it on average; four pings in this time are a thousandth of a core.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A ping that was on its way when the process ended gets no answer for long, nor does one to a process that is slow: it is waited for no longer than this, and the next ones
    /// tell. Also for another node's word.
    /// </summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Somebody is about to have them declared dead.</summary>
    private readonly ConcurrentDictionary<SiloAddress, bool> _suspected = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock.TimeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var silo in Next(reach.Active, reach.Self)) _ = WatchAsync(silo);
        }
    }

    /// <summary>Those that follow this one in the order of addresses, which is the same for all.</summary>
    internal static IEnumerable<SiloAddress> Next(ImmutableArray<SiloAddress> active, SiloAddress self)
    {
        var first = active.IndexOf(self) + 1;
        for (var i = 0; i < Math.Min(Watched, active.Length - 1); i++) yield return active[(first + i) % active.Length];
    }

    private async Task WatchAsync(SiloAddress silo)
    {
        if (!await IsUnreachableAsync(silo) || !_suspected.TryAdd(silo, true)) return;
        await SuspectAsync(silo);
        _suspected.TryRemove(silo, out _);
    }

    private async Task<bool> IsUnreachableAsync(SiloAddress silo)
    {
        try
        {
            await reach.PingAsync(silo).WaitAsync(Limit, clock.TimeProvider);
            return false;
        }
        catch (OrleansException)
        {
            return true;
        }
        catch (Exception)
        {
            // No answer in time, or it failed there: whatever that is, somebody is there, or the next ping says that nobody is.
            return false;
        }
    }

    private async Task SuspectAsync(SiloAddress silo)
    {
        try
        {
            if (!reach.Active.Contains(silo) || !await reach.IsRefusedAsync(silo) || !await IsConfirmedAsync(silo)) return;
            LogRefused(silo);
            await reach.DeclareDeadAsync(silo);
        }
        catch (Exception failure)
        {
            // The store does not answer: it is tried again, and the probes say it too.
            LogNotDeclared(failure, silo);
        }

        // Until that is known here, or the store has had time to recover.
        await Task.Delay(Limit, clock.TimeProvider);
    }

    /// <summary>A rule of this machine's network alone may refuse connections, too: another node is asked, where there is one.</summary>
    private async Task<bool> IsConfirmedAsync(SiloAddress silo)
    {
        var asked = Next(reach.Active, reach.Self).Where(other => !other.Equals(silo)).Select(async other =>
        {
            try
            {
                return await reach.IsRefusedThereAsync(other, silo).WaitAsync(Limit, clock.TimeProvider);
            }
            catch (Exception)
            {
                // Nothing said, whatever the call failed of.
                return false;
            }
        }).ToList();
        if (asked.Count == 0) return true;
        await foreach (var answer in Task.WhenEach(asked))
        {
            if (await answer) return true;
        }

        return false;
    }

    [LoggerMessage(2115, LogLevel.Warning, "{Silo} refuses connections, here and elsewhere: its process has ended, and it is declared dead")]
    private partial void LogRefused(SiloAddress silo);

    [LoggerMessage(2116, LogLevel.Warning, "{Silo} refuses connections and could not be declared dead; tried again")]
    private partial void LogNotDeclared(Exception failure, SiloAddress silo);
}
