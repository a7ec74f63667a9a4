namespace OrleansBroker.Grains.Time;

/// <summary>
/// The silo's two clocks: monotonic milliseconds for everything in memory, UTC for what is stored (invariant B16). The
/// difference between them is read at each conversion, so a step of the wall clock moves no deadline in memory.
/// </summary>
public sealed class BrokerClock(TimeProvider time)
{
    public TimeProvider TimeProvider { get; } = time;

    /// <summary>Monotonic milliseconds, the same for all that share the provider, the timing wheel included.</summary>
    public long NowMilliseconds => TimeProvider.GetMonotonicMilliseconds();

    /// <summary>The first whole millisecond that has not begun: what counts from here is never over a part of one early: a will delay, an expiry.</summary>
    public long NextMilliseconds => NowMilliseconds + 1;

    /// <summary>Milliseconds since 1970 UTC for a monotonic time; <see cref="long.MaxValue"/> (never) stays what it is.</summary>
    public long ToUtcMilliseconds(long monotonicMilliseconds) => monotonicMilliseconds == long.MaxValue
        ? long.MaxValue
        : TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() + (monotonicMilliseconds - NowMilliseconds);

    /// <summary>The monotonic time, possibly in the past and negative, for stored UTC milliseconds.</summary>
    public long FromUtcMilliseconds(long utcMilliseconds) => utcMilliseconds == long.MaxValue
        ? long.MaxValue
        : NowMilliseconds + (utcMilliseconds - TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
}
