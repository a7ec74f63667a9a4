namespace OrleansBroker.Grains.Time;

/// <summary>The time in which deadlines are kept in memory: milliseconds that no change of the wall clock moves (invariant B16).</summary>
public static class MonotonicTime
{
    /// <summary>Milliseconds since an arbitrary moment, the same for all who ask this provider in this process.</summary>
    /// <remarks>Every message asks. The system's tick (1 to 4 ms) costs 5 ns, its exact clock 25; no deadline here is finer than the timing wheel's tick.</remarks>
    public static long GetMonotonicMilliseconds(this TimeProvider time) => ReferenceEquals(time, TimeProvider.System)
        ? Environment.TickCount64
        : time.GetElapsedTime(0, time.GetTimestamp()).Ticks / TimeSpan.TicksPerMillisecond;
}
