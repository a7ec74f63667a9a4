using System.Globalization;

namespace OrleansBroker.Soak.Tests.Model;

/// <summary>
/// The counter that orders all events of a run: 100 ns since its start, and every stamp is higher than all before, whichever thread took it.
/// </summary>
internal static class Stamps
{
    public const long Millisecond = TimeSpan.TicksPerMillisecond;
    public const long Second = TimeSpan.TicksPerSecond;

    /// <summary>
    /// How long the broker may need for what nobody is told of: routing a message of QoS 0 or, after PUBREC, of QoS 2; noticing a reset.
    /// Microseconds as a rule; a loaded machine may stop a process for much longer.
    /// </summary>
    public const long Grace = 3 * Second;

    private static readonly long Origin = TimeProvider.System.GetTimestamp();
    private static long _last;

    public static long Next()
    {
        var now = TimeProvider.System.GetElapsedTime(Origin).Ticks;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return next;
        }
    }

    public static string Text(long stamp) =>
        stamp == Window.Never ? "never" : (stamp / (double)Second).ToString("F4", CultureInfo.InvariantCulture);
}
