namespace OrleansBroker.Grains.Tests.Timing;

/// <summary>A clock that stands where the test puts it, and a timer that fires when the test says so: also late, as in a frozen process.</summary>
internal sealed class ManualTime(long milliseconds) : TimeProvider
{
    private Action? _fire;

    public long Milliseconds { get; set; } = milliseconds;

    public TimeSpan Period { get; private set; }

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Milliseconds;

    public void FireTimer() => _fire!();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _fire = () => callback(state);
        Period = period;
        return new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
