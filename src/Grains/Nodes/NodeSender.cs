using Microsoft.Extensions.Logging;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Everything that this silo sends to one other silo, in order: a FIFO with one awaited call in flight; the next batch fills
/// meanwhile. [nodes] replaces it by lanes. QoS 0 beyond the bound is refused to the caller; the rest is bounded by admission.
/// </summary>
internal sealed partial class NodeSender(SiloAddress silo, NodeSenders senders, ILogger logger)
{
    /// <summary>Items of one call: at 100 B each about 20 KB, below the 85 KB of the large object heap.</summary>
    private const int MaxItemsPerCall = 128;

    /// <summary>QoS 0 items that may wait: 64 calls' worth.</summary>
    private const int MaxWaiting = MaxItemsPerCall * 64;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Queue<NodeItem> _waiting = new();
    private bool _sending;

    /// <summary>False when a droppable item found the FIFO full.</summary>
    public bool TryEnqueue(NodeItem item, bool droppable)
    {
        lock (_waiting)
        {
            if (droppable && _waiting.Count >= MaxWaiting) return false;
            _waiting.Enqueue(item);
            if (_sending) return true;
            _sending = true;
        }

        _ = SendAllAsync();
        return true;
    }

    private async Task SendAllAsync()
    {
        // The caller may hold a monitor: nothing of the call runs on its stack.
        await Task.Yield();
        while (TakeBatch() is { } batch) await SendAsync(batch);
    }

    private NodeItem[]? TakeBatch()
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0)
            {
                _sending = false;
                return null;
            }

            var batch = new NodeItem[Math.Min(_waiting.Count, MaxItemsPerCall)];
            for (var i = 0; i < batch.Length; i++) batch[i] = _waiting.Dequeue();
            return batch;
        }
    }

    private async Task SendAsync(NodeItem[] batch)
    {
        while (true)
        {
            try
            {
                await senders.Client.For(silo).AcceptAsync(batch, senders.Self);
                return;
            }
            catch (Exception exception)
            {
                // Any failure of a call: while the silo lives the batch is sent again, so that order is kept.
                LogFailed(exception, silo, batch.Length);
                if (senders.IsDead(silo))
                {
                    senders.GiveUp(batch);
                    return;
                }

                await Task.Delay(RetryDelay, senders.Time);
            }
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "{Count} items for {Silo} not accepted; sent again while it lives")]
    private partial void LogFailed(Exception exception, SiloAddress silo, int count);
}
