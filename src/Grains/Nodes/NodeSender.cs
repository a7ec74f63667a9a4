using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Everything that this silo sends to one other silo, in order: a FIFO with one awaited call in flight; the next batch fills
/// meanwhile. [nodes] replaces it by lanes. QoS 0 beyond the bound is refused to the caller; the rest is bounded by admission.
/// </summary>
internal sealed partial class NodeSender(SiloAddress silo, NodeSenders senders, ILogger logger)
{
    /// <summary>QoS 0 items that may wait: 64 calls' worth.</summary>
    private const int MaxWaiting = ItemBatch.MaxItems * 64;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Queue<NodeItem> _waiting = new();
    private long _number;
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

        // The caller may hold a monitor, or be a grain whose turns this must not take.
        _ = Task.Run(SendAllAsync);
        return true;
    }

    private async Task SendAllAsync()
    {
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

            var batch = ItemBatch.From(_waiting);
            for (var i = 0; i < batch.Length; i++) _waiting.Dequeue();
            return batch;
        }
    }

    private async Task SendAsync(NodeItem[] batch)
    {
        var number = ++_number;
        while (true)
        {
            try
            {
                await senders.Client.For(silo).AcceptAsync(batch, senders.Self, number);
                SettleAccepted(batch);
                return;
            }
            catch (Exception exception)
            {
                // Any failure of a call: while the silo lives the batch is sent again, so that order is kept.
                LogFailed(exception, silo, batch.Length);
                if (senders.IsDead(silo))
                {
                    senders.GiveUp(silo, batch);
                    SettleAccepted(batch);
                    return;
                }

                await Task.Delay(RetryDelay, senders.Time);
            }
        }
    }

    /// <summary>The gateway has the messages, or is dead and its connections with it.</summary>
    private static void SettleAccepted(NodeItem[] batch)
    {
        foreach (var item in batch) item.Part?.Settle(PartOutcome.Done);
    }

    [LoggerMessage(2101, LogLevel.Warning, "{Count} items for {Silo} not accepted; sent again while it lives")]
    private partial void LogFailed(Exception exception, SiloAddress silo, int count);
}
