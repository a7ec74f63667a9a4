namespace OrleansBroker.Grains.Sessions.Jobs;

/// <summary>A steady rate: who is late does not catch up by more than a tenth of a second's worth. Any thread.</summary>
internal sealed class Pace(int perSecond, TimeProvider time)
{
    private static readonly TimeSpan MostLate = TimeSpan.FromMilliseconds(100);

    /// <summary>A timer is no finer.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _step = TimeSpan.FromSeconds(1) / perSecond;
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _due;

    /// <summary>Until it is the caller's turn.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        TimeSpan early;
        lock (_lock)
        {
            var now = time.GetElapsedTime(_started);
            if (_due < now - MostLate) _due = now - MostLate;
            early = _due - now;
            _due += _step;
        }

        return early < LeastWait ? Task.CompletedTask : Task.Delay(early, time, cancellation);
    }
}
