using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Gateway.Hosting;

/// <summary>
/// Sends clients elsewhere that this gateway cannot serve (invariant B15): all of them when it has reached neither its store, for a lease, nor the cluster for too long, single ones whose sessions are out of reach.
/// Until then it answers. A node without a cluster has no lease, and no fence.
/// </summary>
internal sealed partial class GatewayFence(
    ConnectionRegistry registry, TimeProvider time, TimingOptions timing, LimitsOptions limits, ILogger<GatewayFence> logger, INodeLease? lease = null, IClusterContact? cluster = null) : IHostedService, IGatewayFence, IDisposable
{
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Longer than this from one look to the next, the process stood still: time in which it could not have had a lease does not count (invariant H12).</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often the other nodes are asked for a sign of life while there is no lease.</summary>
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, bool> _unreachable = new();
    private readonly int _closesAtOnce = Math.Max(1, (int)(limits.MaxFenceClosesPerSecond * Interval.TotalSeconds));
    private ITimer? _timer;
    private long _lastLook;
    private long _lastAsk;
    private TimeSpan _cutOff;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (lease is null) return Task.CompletedTask;
        _lastLook = time.GetTimestamp();
        _timer = time.CreateTimer(static fence => ((GatewayFence)fence!).Look(), this, Interval, Interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    /// <inheritdoc/>
    public void SessionUnreachable(long connectionId)
    {
        // Without its connection it would stay here for ever: at most one entry for each that is open.
        if (registry.TryGet(connectionId, out _)) _unreachable[connectionId] = true;
    }

    private void Look()
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(_lastLook, now);
        _lastLook = now;
        _cutOff = Shorter(lease!.InvalidFor, _cutOff + (passed < LongestInterval ? passed : TimeSpan.Zero));
        // The store alone may be out of reach, for all: nobody would serve the clients better.
        if (_cutOff > TimeSpan.Zero && IsInTouch(now)) _cutOff = TimeSpan.Zero;
        var isCutOff = timing.SelfFence > TimeSpan.Zero && _cutOff >= timing.SelfFence;
        if (isCutOff != registry.IsCutOff) Change(isCutOff);
        var room = _closesAtOnce;
        foreach (var (connectionId, _) in _unreachable)
        {
            if (room == 0) return;
            _unreachable.TryRemove(connectionId, out _);
            if (!registry.TryGet(connectionId, out var connection)) continue;
            ((Connection)connection).CutOff();
            room--;
        }

        if (!isCutOff) return;
        foreach (var connection in registry.Take(room)) connection.CutOff();
    }

    private bool IsInTouch(long now)
    {
        if (cluster is null) return false;
        if (time.GetElapsedTime(_lastAsk, now) >= AskInterval)
        {
            _lastAsk = now;
            cluster.Ask();
        }

        return cluster.IsInTouch;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private void Change(bool isCutOff)
    {
        registry.IsCutOff = isCutOff;
        if (isCutOff) LogCutOff(_cutOff, registry.Count);
        else LogBack();
    }

    [LoggerMessage(1301, LogLevel.Error, "This gateway has reached neither the store nor the cluster for {Time}: it refuses connections and closes the {Count} that it has, so that their clients go to another")]
    private partial void LogCutOff(TimeSpan time, int count);

    [LoggerMessage(1302, LogLevel.Information, "This gateway reaches the store or the cluster again and takes connections")]
    private partial void LogBack();
}
