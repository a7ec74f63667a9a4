using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sys;

/// <summary>Reads the node's numbers where they are kept; nothing is counted for it on the way of a message.</summary>
internal sealed class SysCollector(LocalSessions sessions, IConnectionRegistry connections, RetainedTotals retained, BrokerClock clock)
{
    /// <summary>Sessions between two chances for other work on the thread: about 0.1 ms.</summary>
    private const int SessionsPerSlice = 1_024;

    private readonly long _started = clock.NowMilliseconds;

    /// <summary>Walks all sessions of this silo, in slices.</summary>
    public async Task<NodeSnapshot> CollectAsync()
    {
        var (walked, existing, connected) = (0, 0, 0);
        var (subscriptions, shared, queued, queuedBytes) = (0L, 0L, 0L, 0L);
        foreach (var monitor in sessions.Open)
        {
            if (++walked % SessionsPerSlice == 0) await Task.Yield();
            var load = monitor.Load;
            if (!load.Exists) continue;
            existing++;
            connected += load.IsConnected ? 1 : 0;
            subscriptions += load.Subscriptions - load.SharedSubscriptions;
            shared += load.SharedSubscriptions;
            queued += load.QueuedMessages;
            queuedBytes += load.QueuedBytes;
        }

        return new NodeSnapshot
        {
            Uptime = TimeSpan.FromMilliseconds(clock.NowMilliseconds - _started),
            Connected = connections.ConnectedCount,
            MaximumConnected = connections.MaximumConnectedCount,
            Sessions = existing,
            Disconnected = existing - connected,
            Subscriptions = subscriptions,
            SharedSubscriptions = shared,
            RetainedMessages = retained.Messages,
            StoredMessages = retained.Messages + queued,
            StoredBytes = retained.Bytes + queuedBytes,
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
        };
    }
}
