using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sys;

/// <summary>Reads the node's numbers where they are kept; nothing is counted for it on the way of a message.</summary>
internal sealed class SysCollector(LocalSessions sessions, IConnectionRegistry connections, RetainedTotals retained, BrokerClock clock) : INodeFigures
{
    /// <summary>Sessions between two chances for other work on the thread: 1,024 × four loads that may miss the cache, at some 100 ns, are 0.4 ms.</summary>
    private const int SessionsPerSlice = 1_024;

    private readonly Lock _gate = new();
    private readonly long _started = clock.NowMilliseconds;
    private Task<NodeSnapshot>? _underway;
    private volatile NodeSnapshot? _last;

    /// <summary>What the last walk found; null before the first.</summary>
    public NodeSnapshot? Last => _last;

    public TimeSpan Uptime => TimeSpan.FromMilliseconds(clock.NowMilliseconds - _started);

    /// <inheritdoc/>
    public async Task RefreshAsync(TimeSpan maxAge) => await RecentAsync(maxAge);

    /// <summary>Whoever asks, and however many do: one walk at a time, and none while the last one is no older.</summary>
    public Task<NodeSnapshot> RecentAsync(TimeSpan maxAge)
    {
        lock (_gate)
        {
            if (_last is { } last && clock.NowMilliseconds - last.AtMilliseconds <= maxAge.TotalMilliseconds) return Task.FromResult(last);
            return _underway ??= Task.Run(CollectOnceAsync);
        }
    }

    /// <summary>Walks all sessions of this silo, in slices.</summary>
    public async Task<NodeSnapshot> CollectAsync()
    {
        var now = clock.NowMilliseconds;
        var (walked, existing, connected, durable) = (0, 0, 0, 0);
        var (subscriptions, shared, queued, queuedBytes) = (0L, 0L, 0L, 0L);
        foreach (var monitor in sessions.Open)
        {
            if (++walked % SessionsPerSlice == 0) await Task.Yield();
            var load = monitor.Load;
            if (!load.Exists) continue;
            existing++;
            connected += load.IsConnected ? 1 : 0;
            durable += load.IsDurable ? 1 : 0;
            subscriptions += load.Subscriptions - load.SharedSubscriptions;
            shared += load.SharedSubscriptions;
            queued += load.QueuedMessages;
            queuedBytes += load.QueuedBytes;
        }

        return _last = new NodeSnapshot
        {
            AtMilliseconds = now,
            Uptime = Uptime,
            Connected = connections.ConnectedCount,
            MaximumConnected = connections.MaximumConnectedCount,
            Sessions = existing,
            Disconnected = existing - connected,
            Durable = durable,
            Subscriptions = subscriptions,
            SharedSubscriptions = shared,
            RetainedMessages = retained.Messages,
            RetainedBytes = retained.Bytes,
            QueuedMessages = queued,
            QueuedBytes = queuedBytes,
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
        };
    }

    private async Task<NodeSnapshot> CollectOnceAsync()
    {
        try
        {
            return await CollectAsync();
        }
        finally
        {
            lock (_gate) _underway = null;
        }
    }
}
