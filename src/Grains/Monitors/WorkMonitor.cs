using System.Diagnostics.CodeAnalysis;

namespace OrleansBroker.Grains.Monitors;

/// <summary>
/// Exclusive access to a grain's hot state without blocking (invariant B12): who finds the monitor free runs its work at once;
/// who finds it held leaves the work in the inbox, first in first out, and goes on. The holder works the inbox off before it
/// leaves, a bounded slice itself and the rest on the thread pool, keeping the monitor. Nobody ever waits, so
/// nested entries (a shard's turn enters sessions) cannot deadlock, and work of one caller keeps its order.
/// </summary>
[SuppressMessage("Reliability", "CA2002", Justification = "The object is its own lock to save one per session; nobody else locks it.")]
internal abstract class WorkMonitor<TWork> : IThreadPoolWorkItem
    where TWork : struct
{
    // A piece of work takes 0.1 to 1 µs. 20 x 4 x 37 ns, the runtime's measure of a spin: 3 µs, less than waking a thread costs.
    private const int Spins = 20;
    private const int SpinLength = 4;

    private const int Free = 0;
    private const int Held = 1;
    private const int HeldWithInbox = 2;

    private int _state;
    private Queue<TWork>? _inbox;
    private bool _isSealed;

    protected WorkMonitor(InboxLimits limits) => Limits = limits;

    protected InboxLimits Limits { get; }

    /// <summary>Work left in the inbox; a reading without lock, for bounds and metrics.</summary>
    protected int Waiting => _inbox?.Count ?? 0;

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        Drain();
        Left();
    }

    /// <summary>Runs the work now or leaves it in the inbox.</summary>
    protected void Enter(in TWork work)
    {
        if (!TryEnter() && !TryEnterSoon())
        {
            Deferred(work);
            switch (Append(work))
            {
                case Appended.ToInbox:
                    return;
                case Appended.NotAsSealed:
                    HandOn(work);
                    return;
            }
        }

        RunGuarded(work);
        Leave();
    }

    /// <summary>
    /// From now on what is handed on (see <see cref="IsHandedOn"/>) is so by whoever brings it and does not wait: a caller that finds the monitor gone after this
    /// has nothing older in the inbox. Under the monitor; false while something waits.
    /// </summary>
    protected bool TrySeal()
    {
        lock (this) return _isSealed = _inbox is null or { Count: 0 };
    }

    /// <summary>Takes the monitor when it is free; the caller then runs what it likes and calls <see cref="Leave"/>.</summary>
    protected bool TryEnter() => Interlocked.CompareExchange(ref _state, Held, Free) == Free;

    /// <summary>
    /// Most work takes less than passing it to another thread does: a moment's patience, bounded, keeps it here. Whoever has work in the inbox is not
    /// overtaken: a monitor with an inbox is not free.
    /// </summary>
    private bool TryEnterSoon()
    {
        for (var i = 0; i < Spins; i++)
        {
            Thread.SpinWait(SpinLength);
            if (Volatile.Read(ref _state) == Free && TryEnter()) return true;
        }

        return false;
    }

    /// <summary>Gives the monitor up after working off what came meanwhile.</summary>
    protected void Leave()
    {
        if (HasJob || Interlocked.CompareExchange(ref _state, Free, Held) != Held) Drain();
        Left();
    }

    /// <summary>One piece of work, under the monitor.</summary>
    protected abstract void Run(in TWork work);

    /// <summary>A piece of work threw: a fault of ours. The monitor goes on, so that what waits in it is not stuck.</summary>
    protected abstract void Faulted(Exception fault);

    /// <summary>The work goes to the inbox; before it can run.</summary>
    protected virtual void Deferred(in TWork work)
    {
    }

    /// <summary>Work that the monitor does not do itself once it is closed.</summary>
    protected virtual bool IsHandedOn(in TWork work) => false;

    /// <summary>Such work finds the monitor sealed and held: on the caller's thread, and not under the monitor.</summary>
    protected virtual void HandOn(in TWork work)
    {
    }

    /// <summary>A long job holds up the inbox: its next slice, or false when there is none.</summary>
    protected virtual bool RunJobSlice() => false;

    /// <summary>A long job is under way.</summary>
    protected virtual bool HasJob => false;

    /// <summary>After the monitor was left, or passed to the pool: effects outside run here.</summary>
    protected virtual void Left()
    {
    }

    /// <summary>As <see cref="Run"/>, for who has entered by himself.</summary>
    protected void RunGuarded(in TWork work)
    {
        try
        {
            Run(work);
        }
        catch (Exception fault)
        {
            // Any: whoever happens to hold the monitor has no part in it, and must give the monitor up.
            Faulted(fault);
        }
    }

    private bool RunJobSliceGuarded()
    {
        try
        {
            return RunJobSlice();
        }
        catch (Exception fault)
        {
            Faulted(fault);
            return true;
        }
    }

    private Appended Append(in TWork work)
    {
        lock (this)
        {
            if (_isSealed && IsHandedOn(work)) return Appended.NotAsSealed;
            while (true)
            {
                // The holder cannot leave while the state says that there is an inbox, and reads it under this lock.
                if (Interlocked.CompareExchange(ref _state, HeldWithInbox, Held) != Free)
                {
                    (_inbox ??= new Queue<TWork>()).Enqueue(work);
                    return Appended.ToInbox;
                }

                if (TryEnter()) return Appended.NotAsFree;
            }
        }
    }

    private void Drain()
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var entries = 1; ; entries++)
        {
            if (!RunJobSliceGuarded())
            {
                if (!TryTake(out var work)) return;
                RunGuarded(work);
            }

            if (entries < Limits.SliceEntries && System.Diagnostics.Stopwatch.GetElapsedTime(started) < Limits.Slice) continue;
            // Ownership goes with the work item: nobody enters in between.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    /// <summary>The next entry; when there is none the monitor is left.</summary>
    private bool TryTake(out TWork work)
    {
        lock (this)
        {
            if (_inbox is not null && _inbox.TryDequeue(out work)) return true;
            work = default;
            Volatile.Write(ref _state, Free);
            return false;
        }
    }

    private enum Appended
    {
        ToInbox,

        /// <summary>The monitor was found free, and is the caller's now.</summary>
        NotAsFree,
        NotAsSealed,
    }
}
