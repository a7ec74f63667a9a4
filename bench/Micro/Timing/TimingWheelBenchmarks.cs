using BenchmarkDotNet.Attributes;
using OrleansBroker.Grains.Timing;

namespace OrleansBroker.Micro.Timing;

/// <summary>Deadlines of 100,000 sessions in one wheel, spread over a minute.</summary>
public class TimingWheelBenchmarks
{
    private const int Sessions = 100_000;
    private const int SpreadMilliseconds = 60_000;
    private const int Seed = 17;

    private readonly Random _random = new(Seed);
    private readonly Deadline[] _entries = new Deadline[Sessions];
    private readonly Deadline _entry = new(0);
    private TimingWheel _wheel = null!;
    private long _now;
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        // Turned by hand; its clock says no more than where it begins.
        _wheel = new TimingWheel(TimeProvider.System);
        _now = _wheel.NowMilliseconds;
        for (var i = 0; i < Sessions; i++)
        {
            _entries[i] = new Deadline(SpreadMilliseconds);
            _wheel.Schedule(_entries[i], _now + _random.Next(SpreadMilliseconds));
        }
    }

    [GlobalCleanup]
    public void Dispose() => _wheel.Dispose();

    [Benchmark]
    public bool ScheduleAndCancel()
    {
        _wheel.Schedule(_entry, _now + SpreadMilliseconds);
        return _wheel.Cancel(_entry);
    }

    /// <summary>A deadline of one of them all is moved.</summary>
    [Benchmark]
    public void Reschedule()
    {
        _wheel.Schedule(_entries[_next], _now + SpreadMilliseconds + _next);
        if (++_next == Sessions)
            _next = 0;
    }

    /// <summary>One tick of 100 ms, in which some 167 deadlines are due and set anew, a minute later.</summary>
    [Benchmark]
    public void Tick()
    {
        _now += TimingWheel.TickMilliseconds;
        _wheel.Advance(_now);
    }

    private sealed class Deadline(long again) : WheelEntry(shiftsWhenLate: false)
    {
        protected internal override long OnDue(long nowMilliseconds) => nowMilliseconds + again;
    }
}
