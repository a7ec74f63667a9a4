using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>
/// Items from this silo to one other, in order: encoded when they come, one call in flight, the next batch filling meanwhile (design section 5). No timer: batching
/// follows the load by itself. QoS 0 beyond the bound is refused to the caller; the rest is bounded where messages are admitted (invariant B11).
/// </summary>
internal sealed partial class Lane(SiloAddress silo, int number, NodeSenders senders, ILogger logger)
{
    /// <summary>What droppable items may wait behind: 64 calls.</summary>
    private const long MaxWaitingBytes = 64 * 64 * 1024;

    /// <summary>Batches kept for the next items.</summary>
    private const int MaxSpare = 2;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Queue<LaneBatch> _waiting = new();
    private readonly Stack<LaneBatch> _spare = new();
    private LaneBatch? _filling;
    private long _waitingBytes;
    private long _waitingItems;
    private long _sent;
    private LaneLoad _accepted;
    private bool _isSending;
    private bool _isBroken;

    public SiloAddress Silo => silo;

    /// <summary>What was sent here and is not done; kept when the lane breaks.</summary>
    public OutstandingRing Outstanding { get; } = senders.Outstanding.NewRing();

    public LaneLoad Load
    {
        get
        {
            lock (_lock) return _accepted with { WaitingItems = _waitingItems, WaitingBytes = _waitingBytes };
        }
    }

    /// <param name="awaited">Kept until it is done; the item gets its token then. Null for what has a token already, or needs none.</param>
    public LaneOutcome TryAppend(in NodeItem item, bool isDroppable, in Awaited? awaited = null, DurablePart? settleWhenAccepted = null)
    {
        lock (_lock)
        {
            if (_isBroken) return LaneOutcome.Broken;
            if (isDroppable && _waitingBytes > MaxWaitingBytes) return LaneOutcome.Full;
            var token = awaited is { } waiting ? Outstanding.Add(waiting with { Silo = silo }) : item.Token;
            if (item is { Kind: NodeItemKind.Publish, Message: { QoS: QoS.ExactlyOnce, Origin: null } message }) message.Origin = Outstanding.OriginOf(token);
            var batch = BatchFor(item.Message?.SizeBytes ?? 0);
            var length = batch.Length;
            batch.Add(item, token, NowFor(item), isDroppable, settleWhenAccepted);
            _waitingBytes += batch.Length - length;
            _waitingItems++;
            if (_isSending) return LaneOutcome.Taken;
            _isSending = true;
        }

        // The caller may hold a monitor, or be a grain whose turns this must not take.
        _ = Task.Run(SendAllAsync);
        return LaneOutcome.Taken;
    }

    /// <param name="arrived">Completes when all that was appended before the barrier has arrived, or the silo is dead; completed when the lane is broken.</param>
    public bool TryAppendBarrier(in NodeItem barrier, out Task arrived)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        arrived = source.Task;
        if (TryAppend(barrier, isDroppable: false, new Awaited((Action)(() => source.TrySetResult()))) == LaneOutcome.Taken) return true;
        source.SetResult();
        return false;
    }

    /// <summary>The silo is dead: nothing more is taken. What was not done stands in <see cref="Outstanding"/>.</summary>
    /// <returns>How many items are lost that nobody waits for.</returns>
    public int Break()
    {
        List<LaneBatch> left;
        lock (_lock)
        {
            if (_isBroken) return 0;
            _isBroken = true;
            left = [.. _waiting];
            if (_filling is not null) left.Add(_filling);
            _waiting.Clear();
            _filling = null;
            _waitingBytes = 0;
            _waitingItems = 0;
        }

        foreach (var batch in left) batch.Accepted();
        return left.Sum(static batch => batch.Droppable);
    }

    /// <summary>The time matters to a message that expires alone; reading it is a tenth of an item's way into its lane.</summary>
    private long NowFor(in NodeItem item) => item.Message is { ExpiresAtMilliseconds: not Publication.NeverExpires } ? senders.Clock.NowMilliseconds : 0;

    private LaneBatch BatchFor(int bytes)
    {
        if (_filling is { } filling && (filling.IsFull || !filling.Fits(bytes)))
        {
            _waiting.Enqueue(filling);
            _filling = null;
        }

        return _filling ??= _spare.TryPop(out var spare) ? spare : new LaneBatch(senders.VersionFor(silo));
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            // Behind what the pool has to do already, which mostly has more for the batch: a call costs as much as a hundred items.
            await Task.Yield();
            if (Take() is not { } batch) return;
            var accepted = await SendAsync(batch);
            batch.Accepted();
            if (accepted) GiveBack(batch);
        }
    }

    private LaneBatch? Take()
    {
        lock (_lock)
        {
            if (!_waiting.TryDequeue(out var batch))
            {
                batch = _filling;
                _filling = null;
            }

            if (batch is null)
            {
                _isSending = false;
                return null;
            }

            _waitingBytes -= batch.Length;
            _waitingItems -= batch.Items;
            return batch;
        }
    }

    private void GiveBack(LaneBatch batch)
    {
        var accepted = new LaneLoad(0, 0, Batches: 1, batch.Items, batch.Length);
        var isSpare = !batch.IsFull; // otherwise its array may be one large message's
        if (isSpare) batch.Clear();
        lock (_lock)
        {
            _accepted += accepted;
            if (isSpare && _spare.Count < MaxSpare) _spare.Push(batch);
        }
    }

    /// <summary>False when the silo died meanwhile: it may have the batch or not.</summary>
    private async Task<bool> SendAsync(LaneBatch batch)
    {
        var sequence = ++_sent; // of the batch
        while (true)
        {
            try
            {
                await senders.Client.For(silo).AcceptAsync(batch.Bytes, senders.Self, number, sequence);
                return true;
            }
            catch (Exception exception)
            {
                // Any failure of a call: while the silo lives the batch is sent again, so that order is kept.
                if (IsBroken()) return false;
                LogFailed(exception, silo, batch.Length);
                await Task.Delay(RetryDelay, senders.Time);
                if (IsBroken()) return false;
            }
        }
    }

    private bool IsBroken()
    {
        lock (_lock) return _isBroken;
    }

    [LoggerMessage(2101, LogLevel.Warning, "{Bytes} bytes for {Silo} not accepted; sent again while it lives")]
    private partial void LogFailed(Exception exception, SiloAddress silo, int bytes);
}
