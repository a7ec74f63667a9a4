using System.Numerics;

namespace OrleansBroker.Grains.Timing;

/// <summary>
/// One hierarchical wheel: 6 levels of 64 slots. A slot of level n spans 64^n ticks; an entry lies in the level of the highest digit (base 64)
/// in which its tick differs from the present one, and moves down when the present reaches that digit: at most 5 moves in its life.
/// Everything is guarded by one lock, held for at most <see cref="MaxBatch"/> entries; only <see cref="TimingWheel"/> turns it, one turn at a time.
/// </summary>
internal sealed class WheelShard(long originMilliseconds)
{
    public const int TickMilliseconds = 100;

    private const int SlotBits = 6;
    private const int SlotCount = 1 << SlotBits;
    private const int LevelCount = 6;

    /// <summary>
    /// 64^6 ticks of 100 ms are 217 years: the 136 years (2^32 s) of the longest Session Expiry Interval that ends, and 81 years of uptime.
    /// </summary>
    private const long MaxTick = (1L << (SlotBits * LevelCount)) - 1;

    private const int MaxBatch = 256;

    private readonly Lock _lock = new();
    private readonly WheelList[] _slots = [.. Enumerable.Range(0, LevelCount * SlotCount).Select(_ => new WheelList())];

    /// <summary>A bit per slot that may hold entries (cancelling does not clear it).</summary>
    private readonly ulong[] _occupied = new ulong[LevelCount];

    /// <summary>What the present tick took out of its slots and has not yet sorted.</summary>
    private readonly WheelList _moving = new();
    private readonly WheelEntry[] _due = new WheelEntry[MaxBatch];
    private long _tick;
    private long _shift;
    private int _count;

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    public void Schedule(WheelEntry entry, long dueMilliseconds)
    {
        lock (_lock)
        {
            TakeOut(entry);
            Place(entry, dueMilliseconds);
        }
    }

    public bool Cancel(WheelEntry entry)
    {
        lock (_lock)
            return TakeOut(entry);
    }

    /// <summary>Moves the deadlines of the entries that ask for it: they find out when they come up.</summary>
    public void Shift(long milliseconds)
    {
        lock (_lock)
            _shift += milliseconds;
    }

    /// <summary>The first tick after the present one at which a slot must be looked at; <see cref="long.MaxValue"/> when all are empty.</summary>
    public long FindNextTick()
    {
        lock (_lock)
            return NextTick();
    }

    /// <summary>Makes the tick the present one and calls what is due until then, in order of ticks.</summary>
    public void Turn(long tick, long nowMilliseconds, Action<Exception>? faulted)
    {
        for (var reached = false; !reached;)
        {
            lock (_lock)
            {
                // Somebody may have scheduled for a tick before the one that was found: nothing may be leapt over.
                var next = Math.Min(NextTick(), tick);
                reached = next == tick;
                _tick = next;
                TakeOutSlots();
            }

            for (int count; (count = TakeDue(out var more)) > 0 || more;)
            {
                foreach (var entry in _due.AsSpan(0, count))
                    Fire(entry, nowMilliseconds, faulted);
                _due.AsSpan(0, count).Clear();
            }
        }
    }

    private long NextTick()
    {
        for (var level = 0; level < LevelCount; level++)
        {
            // All that is in a level comes before all that is in the next one.
            var later = _occupied[level] & ~((2UL << Digit(_tick, level)) - 1);
            if (later == 0)
                continue;
            var above = SlotBits * (level + 1);
            return (_tick >> above << above) | ((long)BitOperations.TrailingZeroCount(later) << (SlotBits * level));
        }

        return long.MaxValue;
    }

    /// <summary>Takes the entries out of the slots that begin with the present tick.</summary>
    private void TakeOutSlots()
    {
        for (var level = 0; level < LevelCount; level++)
        {
            var slot = Digit(_tick, level);
            var bit = 1UL << slot;
            if ((_occupied[level] & bit) != 0)
            {
                _occupied[level] &= ~bit;
                _moving.AppendAll(_slots[(level * SlotCount) + slot]);
            }

            if (slot != 0)
                break; // the slots of this tick in the levels above began earlier
        }
    }

    private static int Digit(long tick, int level) => (int)(tick >> (SlotBits * level)) & (SlotCount - 1);

    private int TakeDue(out bool more)
    {
        var count = 0;
        lock (_lock)
        {
            for (var i = 0; i < MaxBatch && !_moving.IsEmpty; i++)
            {
                var entry = _moving.First;
                var due = entry.ShiftsWhenLate ? entry.Due + _shift : entry.Due;
                TakeOut(entry);
                if (TickOf(due) > _tick)
                {
                    Place(entry, due);
                    continue;
                }

                entry.State = WheelEntryState.Due;
                _due[count++] = entry;
            }

            more = !_moving.IsEmpty;
        }

        return count;
    }

    private void Fire(WheelEntry entry, long nowMilliseconds, Action<Exception>? faulted)
    {
        lock (_lock)
        {
            if (entry.State != WheelEntryState.Due)
                return; // scheduled anew or cancelled while it waited in the batch
            entry.State = WheelEntryState.Firing;
        }

        var next = WheelEntry.Done;
        try
        {
            next = entry.OnDue(nowMilliseconds);
        }
        catch (Exception fault)
        {
            faulted?.Invoke(fault); // one entry's fault must not stop everybody's time
        }

        lock (_lock)
        {
            if (entry.State != WheelEntryState.Firing)
                return;
            entry.State = WheelEntryState.Idle;
            if (next != WheelEntry.Done)
                Place(entry, next);
        }
    }

    /// <summary>The first tick at which the time has come: never early.</summary>
    private long TickOf(long milliseconds)
    {
        var since = milliseconds - originMilliseconds;
        return since <= 0 ? 0 : (since / TickMilliseconds) + (since % TickMilliseconds == 0 ? 0 : 1);
    }

    /// <summary>Returns whether there was a call to come.</summary>
    private bool TakeOut(WheelEntry entry)
    {
        var was = entry.State;
        if (was == WheelEntryState.Linked)
        {
            WheelList.Unlink(entry);
            _count--;
        }

        entry.State = WheelEntryState.Idle;
        return was is WheelEntryState.Linked or WheelEntryState.Due;
    }

    private void Place(WheelEntry entry, long dueMilliseconds)
    {
        dueMilliseconds = Math.Min(dueMilliseconds, originMilliseconds + (MaxTick * TickMilliseconds));
        entry.Due = entry.ShiftsWhenLate ? dueMilliseconds - _shift : dueMilliseconds;
        var tick = Math.Max(TickOf(dueMilliseconds), _tick + 1);
        var level = BitOperations.Log2((ulong)(tick ^ _tick)) / SlotBits;
        var slot = Digit(tick, level);
        _occupied[level] |= 1UL << slot;
        _slots[(level * SlotCount) + slot].Append(entry);
        entry.State = WheelEntryState.Linked;
        _count++;
    }
}
