using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Where a process has ended, its machine refuses connections at once; probes have failed often enough only a second later. A node that is refused asks another one whether it is
/// refused there, too, and then the silo is declared dead. What is slow, frozen or cut off refuses nothing and is left to Orleans' probes.
/// </summary>
internal sealed partial class CrashWatch(ClusterView cluster, NodeClient client, IClusterMembershipService membership, BrokerClock clock, ILogger<CrashWatch> logger) : BackgroundService
{
    /// <summary>Each silo is watched by so many others.</summary>
    private const int Watched = 4;

    /// <summary>A ping that was on its way when the process ended gets no answer for long; the next ones are refused.</summary>
    private const int MostUnanswered = 4;

    /// <summary>A crash is noticed after half of it on average; four pings in this time are a thousandth of a core.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>For a connection, and for the other node's word on it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SiloAddress, int> _unanswered = new();
    private readonly ConcurrentDictionary<SiloAddress, bool> _suspected = new();

    /// <summary>False as well when nothing can be said.</summary>
    public static async Task<bool> IsRefusedAsync(SiloAddress silo)
    {
        using var socket = new Socket(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await socket.ConnectAsync(silo.Endpoint, limit.Token);
            return false;
        }
        catch (SocketException refusal)
        {
            return refusal.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock.TimeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var gone in _unanswered.Keys.Except(cluster.Active)) _unanswered.TryRemove(gone, out _);
            foreach (var silo in Next(cluster.Active, cluster.Self)) _ = PingAsync(silo);
        }
    }

    /// <summary>Those that follow this one in the order of addresses, which is the same for all.</summary>
    internal static IEnumerable<SiloAddress> Next(ImmutableArray<SiloAddress> active, SiloAddress self)
    {
        var first = active.IndexOf(self) + 1;
        for (var i = 0; i < Math.Min(Watched, active.Length - 1); i++) yield return active[(first + i) % active.Length];
    }

    private async Task PingAsync(SiloAddress silo)
    {
        if (_unanswered.AddOrUpdate(silo, 1, static (_, count) => count + 1) <= MostUnanswered && await IsUnreachableAsync(silo) && _suspected.TryAdd(silo, true))
        {
            await SuspectAsync(silo);
            _suspected.TryRemove(silo, out _);
        }

        if (_unanswered.ContainsKey(silo)) _unanswered.AddOrUpdate(silo, 0, static (_, count) => Math.Max(0, count - 1));
    }

    private async Task<bool> IsUnreachableAsync(SiloAddress silo)
    {
        try
        {
            await client.For(silo).PingAsync();
            return false;
        }
        catch (OrleansException)
        {
            return true;
        }
        catch (Exception)
        {
            // No answer in time, or it failed there: whatever that is, somebody is there.
            return false;
        }
    }

    private async Task SuspectAsync(SiloAddress silo)
    {
        try
        {
            if (!cluster.Active.Contains(silo) || !await IsRefusedAsync(silo) || !await IsConfirmedAsync(silo)) return;
            LogRefused(silo);
            await membership.TryKill(silo);
        }
        catch (Exception failure)
        {
            // The store does not answer: the next ping comes here again, and the probes say it too.
            LogNotDeclared(failure, silo);
        }
    }

    /// <summary>A rule of this machine's network alone may refuse connections, too: another node is asked, where there is one.</summary>
    private async Task<bool> IsConfirmedAsync(SiloAddress silo)
    {
        var asked = Next(cluster.Active, cluster.Self).Where(other => !other.Equals(silo)).Select(async other =>
        {
            try
            {
                return await client.For(other).IsRefusedAsync(silo).AsTask().WaitAsync(Limit, clock.TimeProvider);
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
