using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Timing;

/// <summary>
/// All deadlines of a silo's grains on one timer: keep-alive, will delay, session and message expiry. An entry is never called before its deadline and at
/// most one tick (100 ms) after the clock has passed it. Scheduling is O(1), allocates nothing and may be done by any thread, under any
/// lock of its own: the wheel's locks are leaves.
/// </summary>
internal sealed class TimingWheel : IDisposable
{
    public const int TickMilliseconds = WheelShard.TickMilliseconds;

    /// <summary>Later than this, the process was frozen, not busy (invariant H12).</summary>
    public const int FrozenMilliseconds = 1000;

    /// <summary>A frozen process' loops read their sockets first: what was all but due when it froze would otherwise be called before they have.</summary>
    private const int ReadingMilliseconds = 1000;

    private const int ShardCount = 8;

    private readonly WheelShard[] _shards = new WheelShard[ShardCount];
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan>? _late;
    private readonly Action<Exception>? _faulted;
    private readonly long _origin;
    private ITimer? _timer;
    private long _lastAdvance;
    private long _tick;
    private int _advancing;

    /// <param name="time">Clock and timer.</param>
    /// <param name="late">Told that the process stood still for so long, after deadlines were shifted by that and a second for reading the sockets, before any is looked at.</param>
    /// <param name="faulted">Told what an entry threw.</param>
    public TimingWheel(TimeProvider time, Action<TimeSpan>? late = null, Action<Exception>? faulted = null)
    {
        _time = time;
        _late = late;
        _faulted = faulted;
        _origin = time.GetMonotonicMilliseconds();
        _lastAdvance = _origin;
        for (var i = 0; i < ShardCount; i++)
            _shards[i] = new WheelShard(_origin);
    }

    /// <summary>The time in which deadlines are given.</summary>
    public long NowMilliseconds => _time.GetMonotonicMilliseconds();

    /// <summary>Entries that are scheduled.</summary>
    public int Count => _shards.Sum(shard => shard.Count);

    /// <summary>
    /// Lets the wheel turn by itself. Without it a test turns it by <see cref="Advance"/>, as it must where its clock leaps: to the timer a leap
    /// of more than a second is a frozen process.
    /// </summary>
    public void Start()
    {
        _lastAdvance = NowMilliseconds;
        var tick = TimeSpan.FromMilliseconds(TickMilliseconds);
        _timer ??= _time.CreateTimer(static wheel => ((TimingWheel)wheel!).OnTimer(), this, tick, tick);
    }

    /// <summary>
    /// Schedules the entry, in place of its deadline so far. One that has passed comes with the next tick, one after more than 217 years
    /// of the wheel's life then.
    /// </summary>
    public void Schedule(WheelEntry entry, long dueMilliseconds) =>
        ShardOf(entry).Schedule(entry, dueMilliseconds);

    /// <summary>Returns whether this prevented a call. If not, one may be under way on another thread; what it returns is ignored.</summary>
    public bool Cancel(WheelEntry entry) => ShardOf(entry).Cancel(entry);

    /// <summary>
    /// Calls everything that is due at that time, in order of ticks. Exact: a leap of any length is taken as time that has passed, not as lateness.
    /// Returns without doing anything while another thread advances the wheel.
    /// </summary>
    public void Advance(long nowMilliseconds)
    {
        if (Interlocked.CompareExchange(ref _advancing, 1, 0) != 0)
            return;
        try
        {
            Turn(nowMilliseconds);
        }
        finally
        {
            Volatile.Write(ref _advancing, 0);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private WheelShard ShardOf(WheelEntry entry) => _shards[entry.Shard % ShardCount];

    private void OnTimer()
    {
        if (Interlocked.CompareExchange(ref _advancing, 1, 0) != 0)
            return;
        try
        {
            var now = NowMilliseconds;
            var lateness = now - (_lastAdvance + TickMilliseconds);
            if (lateness > FrozenMilliseconds)
                ShiftBy(lateness);
            Turn(now);
        }
        finally
        {
            Volatile.Write(ref _advancing, 0);
        }
    }

    private void ShiftBy(long lateness)
    {
        foreach (var shard in _shards)
            shard.Shift(lateness + ReadingMilliseconds);
        try
        {
            _late?.Invoke(TimeSpan.FromMilliseconds(lateness));
        }
        catch (Exception fault)
        {
            _faulted?.Invoke(fault);
        }
    }

    private void Turn(long nowMilliseconds)
    {
        _lastAdvance = nowMilliseconds;
        var target = (nowMilliseconds - _origin) / TickMilliseconds;
        while (_tick < target)
        {
            // All shards go together, so that a leap over many ticks keeps their order.
            var next = target;
            foreach (var shard in _shards)
                next = Math.Min(next, shard.FindNextTick());
            foreach (var shard in _shards)
                shard.Turn(next, nowMilliseconds, _faulted);
            _tick = next;
        }
    }
}
