using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Timing;

internal sealed class TimingWheel : IDisposable
{
    private readonly PriorityQueue<WheelEntry, long> _queue = new();
    private readonly BrokerClock _clock;
    private readonly ITimer _timer;

    public TimingWheel(BrokerClock clock)
    {
        _clock = clock;
        _timer = clock.TimeProvider.CreateTimer(static wheel => ((TimingWheel)wheel!).Tick(), this, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(50));
    }

    public void Schedule(WheelEntry entry, long dueMilliseconds)
    {
        lock (_queue)
        {
            entry.DueMilliseconds = dueMilliseconds;
            _queue.Enqueue(entry, dueMilliseconds);
        }
    }

    public void Cancel(WheelEntry entry)
    {
        lock (_queue) entry.DueMilliseconds = long.MaxValue;
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var now = _clock.NowMilliseconds;
        while (true)
        {
            WheelEntry? entry;
            lock (_queue)
            {
                if (!_queue.TryPeek(out entry, out var due) || due > now) return;
                _queue.Dequeue();
                if (entry.DueMilliseconds != due) continue;
                entry.DueMilliseconds = long.MaxValue;
            }

            entry.Fire();
        }
    }
}
