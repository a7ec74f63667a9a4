using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>A FIFO of items for one grain that is reached by its calls, which activate it where it is to be: one call in flight. It ends when it is empty.</summary>
/// <param name="gate">Guards the detour, and is held by whoever calls it.</param>
/// <param name="call">Hands a batch to the grain; answers where that is.</param>
/// <param name="end">
/// Runs what ends the detour, which it answers: behind all that has been handed to a grain of this silo, where that may still wait in an inbox.
/// </param>
/// <param name="ended">Nothing is on its way any more; the gate is held.</param>
internal sealed partial class Detour(
    object gate,
    string name,
    Func<ReadOnlyMemory<byte>, ValueTask<SiloAddress>> call,
    Func<Func<bool>, ValueTask<bool>> end,
    Action<SiloAddress?> ended,
    NodeSenders senders,
    ILogger logger)
{
    /// <summary>Items that nobody waits for; more of them find it full.</summary>
    private const int MaxDroppable = 8_192;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly LinkedList<NodeItem> _waiting = new();
    private readonly Queue<(long Last, TaskCompletionSource Taken)> _watchers = new();
    private long _added;
    private long _taken;
    private SiloAddress? _silo;
    private int _underway;
    private int _droppable;

    /// <summary>Completes when all that is on its way now has been taken.</summary>
    public Task TakenAsync()
    {
        lock (gate)
        {
            if (_added == _taken) return Task.CompletedTask;
            var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Enqueue((_added, taken));
            return taken.Task;
        }
    }

    /// <summary>False when it is full; what somebody waits for it always takes.</summary>
    public bool TryAdd(in NodeItem item)
    {
        if (IsDroppable(item) && _droppable++ >= MaxDroppable)
        {
            _droppable--;
            return false;
        }

        _waiting.AddLast(item);
        _added++;
        return true;
    }

    /// <summary>Older than all that wait, except what is under way already.</summary>
    public void PutFirst(IEnumerable<NodeItem> older)
    {
        var added = _added;
        var before = _waiting.First;
        for (var i = 0; i < _underway; i++) before = before!.Next;
        foreach (var item in older)
        {
            if (before is null) _waiting.AddLast(item);
            else _waiting.AddBefore(before, item);
            _added++;
        }

        // Who waits for what was there waits for these, too.
        for (var i = _watchers.Count; i > 0; i--)
        {
            var (last, taken) = _watchers.Dequeue();
            _watchers.Enqueue((last + _added - added, taken));
        }
    }

    /// <param name="arrived">What was sent another way has arrived.</param>
    public async Task RunAsync(Task arrived)
    {
        await arrived;
        while (true)
        {
            await senders.HandedOver;
            if (Peek() is not { } batch)
            {
                if (await end(TryEnd)) return;
            }
            else if (await TryCallAsync(batch) is { } silo)
            {
                Advance(silo);
            }
            else
            {
                await Task.Delay(RetryDelay, senders.Time);
            }
        }
    }

    private static bool IsDroppable(in NodeItem item) => item is { Kind: NodeItemKind.Deliver or NodeItemKind.Publish, Token: 0 };

    private async Task<SiloAddress?> TryCallAsync(LaneBatch batch)
    {
        try
        {
            return await call(batch.Bytes);
        }
        catch (SessionAwaitedException)
        {
            return null; // soon there
        }
        catch (Exception exception)
        {
            // Whatever the call failed of, what is not delivered stays first in line.
            LogFailed(exception, name);
            return null;
        }
    }

    /// <summary>Whoever sees no detour finds everything delivered. False when something has come.</summary>
    private bool TryEnd()
    {
        lock (gate)
        {
            if (_waiting.Count > 0) return false;
            ended(_silo);
            return true;
        }
    }

    /// <summary>Null when nothing waits.</summary>
    private LaneBatch? Peek()
    {
        lock (gate)
        {
            if (_waiting.Count == 0) return null;
            var batch = new LaneBatch(senders.VersionForAll);
            var now = senders.Clock.NowMilliseconds;
            _underway = 0;
            for (var at = _waiting.First; at is not null && batch.Fits(at.Value.Message?.SizeBytes ?? 0); at = at.Next)
            {
                batch.Add(at.Value, at.Value.Token, now, isDroppable: false, settleWhenAccepted: null);
                _underway++;
            }

            return batch;
        }
    }

    /// <summary>What the grain has is at its silo now, should that die.</summary>
    private void Advance(SiloAddress silo)
    {
        lock (gate)
        {
            for (; _underway > 0; _underway--)
            {
                var item = _waiting.First!.Value;
                _waiting.RemoveFirst();
                if (IsDroppable(item)) _droppable--;
                if (item.Token != 0) senders.Outstanding.Move(item.Token, silo);
                _taken++;
            }

            while (_watchers.TryPeek(out var first) && first.Last <= _taken) _watchers.Dequeue().Taken.SetResult();

            _silo = silo;
        }
    }

    [LoggerMessage(2102, LogLevel.Warning, "{Grain} not reached; tried again")]
    private partial void LogFailed(Exception exception, string grain);
}
