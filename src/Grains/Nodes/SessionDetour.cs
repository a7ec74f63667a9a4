using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The FIFO of one session that is reached by grain calls; it ends when it is empty.</summary>
internal sealed partial class SessionDetour(
    SessionRef session, SessionDetours detours, ISessionGrains grains, NodeSenders senders, BrokerCounters counters, ILogger logger)
{
    /// <summary>Items without a waiting publisher (QoS 0) beyond 64 calls' worth are dropped and counted.</summary>
    private const int MaxWaiting = ItemBatch.MaxItems * 64;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Queue<NodeItem> _waiting = new();
    private bool _started;
    private bool _ended;

    /// <summary>False when the detour has just ended: begin another.</summary>
    public bool TryEnqueue(NodeItem item)
    {
        lock (_waiting)
        {
            if (_ended) return false;
            if (item.Token == 0 && _waiting.Count >= MaxWaiting)
            {
                counters.Drop(DropReason.LaneFull);
                return true;
            }

            _waiting.Enqueue(item);
            if (_started) return true;
            _started = true;
        }

        // The caller may hold a shard's monitor, or be a grain whose turns this must not take.
        _ = Task.Run(RunAsync);
        return true;
    }

    private async Task RunAsync()
    {
        var grain = grains.For(session.ClientId);
        while (Peek() is { } batch)
        {
            if (await TryCallAsync(grain, batch)) Drop(batch.Length);
            else await Task.Delay(RetryDelay, senders.Time);
        }
    }

    private async Task<bool> TryCallAsync(ISessionGrain grain, NodeItem[] batch)
    {
        try
        {
            session.Silo = await grain.DeliverAsync(batch, senders.Self);
            return true;
        }
        catch (SessionAwaitedException)
        {
            return false; // soon there
        }
        catch (Exception exception)
        {
            // Whatever the call failed of, what is not delivered stays first in line.
            LogFailed(exception, session.ClientId);
            return false;
        }
    }

    private NodeItem[]? Peek()
    {
        lock (_waiting)
        {
            if (_waiting.Count > 0) return ItemBatch.From(_waiting);
            // Removed before it is marked: whoever sees no detour finds everything delivered.
            detours.Ended(session);
            _ended = true;
            return null;
        }
    }

    private void Drop(int count)
    {
        lock (_waiting)
        {
            for (; count > 0; count--) _waiting.Dequeue();
        }
    }

    [LoggerMessage(2102, LogLevel.Warning, "Session {ClientId} not reached; tried again")]
    private partial void LogFailed(Exception exception, string clientId);
}
