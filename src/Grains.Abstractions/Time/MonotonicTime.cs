namespace OrleansBroker.Grains.Time;

/// <summary>The time in which deadlines are kept in memory: milliseconds that no change of the wall clock moves (invariant B16).</summary>
public static class MonotonicTime
{
    /// <summary>Milliseconds since an arbitrary moment, the same for all who ask this provider in this process.</summary>
    public static long GetMonotonicMilliseconds(this TimeProvider time) =>
        time.GetElapsedTime(0, time.GetTimestamp()).Ticks / TimeSpan.TicksPerMillisecond;
}
