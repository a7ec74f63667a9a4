namespace OrleansBroker.Grains.Time;

/// <summary>A steady rate: who is late catches up by so much and no more. Any thread.</summary>
/// <param name="mostLate">How much time's worth may come at once.</param>
internal sealed class Pace(int perSecond, TimeSpan mostLate, TimeProvider time)
{
    /// <summary>A timer is no finer.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _due = -mostLate;

    /// <summary>Until it is the caller's turn, whose work is one unit at least.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        TimeSpan early;
        lock (_lock)
        {
            var now = time.GetElapsedTime(_started);
            if (_due < now - mostLate) _due = now - mostLate;
            early = _due - now;
            _due += Of(1);
        }

        return early < LeastWait ? Task.CompletedTask : Task.Delay(early, time, cancellation);
    }

    /// <summary>The work of the last turn was more than one unit: the next turn comes later.</summary>
    public void Add(int units)
    {
        lock (_lock) _due += Of(units);
    }

    private TimeSpan Of(int units) => TimeSpan.FromSeconds((double)units / perSecond);
}
