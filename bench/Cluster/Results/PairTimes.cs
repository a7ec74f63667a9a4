using OrleansBroker.Cluster.Load;

namespace OrleansBroker.Cluster.Results;

/// <summary>What one pair saw of the fault, in milliseconds.</summary>
/// <param name="First">From the fault's beginning to the arrival of the first message that was due after it.</param>
/// <param name="Pause">The longest time without an arrival from the fault's beginning on.</param>
/// <param name="Recovered">From the fault's beginning to the last arrival that was late.</param>
internal readonly record struct PairTimes(double First, double Pause, double Recovered)
{
    /// <summary>Later than this after it was due, a message is late.</summary>
    public const double Late = 250;

    public bool IsAffected => Pause > Late;

    public static PairTimes Of(Pair pair, FaultTimes times)
    {
        double? first = null;
        double pause = 0, recovered = 0;
        var before = times.Began;
        foreach (var (number, at) in pair.Subscriber.Arrivals)
        {
            if (at < times.Began) continue;
            pause = Math.Max(pause, Milliseconds(before, at));
            before = at;
            var due = pair.DueAt(number);
            if (due >= times.Began) first ??= Milliseconds(times.Began, at);
            if (Milliseconds(due, at) > Late) recovered = Milliseconds(times.Began, at);
        }

        // Nothing more came at all.
        if (before < times.Stopped) pause = Math.Max(pause, Milliseconds(before, times.Stopped));
        return new PairTimes(first ?? Milliseconds(times.Began, times.Stopped), pause, recovered);
    }

    public static double Milliseconds(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalMilliseconds;
}
