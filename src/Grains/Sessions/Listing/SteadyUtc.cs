using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>Monotonic times of this node as UTC, of which the same is always told as the same: the two clocks are never read at quite the same moment.</summary>
internal sealed class SteadyUtc(BrokerClock clock)
{
    /// <summary>The clock of the wall has been set, or has drifted by so much.</summary>
    private const long MostDrift = 50;

    private long _offset = clock.ToUtcMilliseconds(0);

    /// <summary>What is added to a monotonic time. Any thread.</summary>
    public long ReadOffset()
    {
        var (known, now) = (Volatile.Read(ref _offset), clock.ToUtcMilliseconds(0));
        if (Math.Abs(now - known) <= MostDrift) return known;
        Volatile.Write(ref _offset, now);
        return now;
    }
}
