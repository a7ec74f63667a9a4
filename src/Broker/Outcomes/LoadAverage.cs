namespace OrleansBroker.Broker.Outcomes;

/// <summary>
/// How fast a count rises, as events in a minute, averaged over the last 1, 5 and 15 minutes the way Unix does it: each reading counts in full
/// when it is new and e times less after one window. Before the first reading, and for what lies before it, nothing happened.
/// </summary>
public sealed class LoadAverage
{
    private const double SecondsPerMinute = 60;

    private readonly double[] _averages = new double[WindowMinutes.Length];
    private long _last;

    /// <summary>Minutes of each window, in the order of <see cref="Averages"/>.</summary>
    public static ReadOnlySpan<int> WindowMinutes => [1, 5, 15];

    /// <summary>Events in a minute, for each window.</summary>
    public ReadOnlySpan<double> Averages => _averages;

    /// <summary>Takes a reading.</summary>
    /// <param name="total">Events from the start; never less than before.</param>
    /// <param name="elapsed">Since the last reading; a reading without time in between waits for the next.</param>
    public void Update(long total, TimeSpan elapsed)
    {
        if (elapsed <= TimeSpan.Zero) return;
        var perMinute = (total - _last) * SecondsPerMinute / elapsed.TotalSeconds;
        _last = total;
        for (var i = 0; i < _averages.Length; i++)
        {
            var kept = Math.Exp(-elapsed.TotalSeconds / (WindowMinutes[i] * SecondsPerMinute));
            _averages[i] = perMinute + (kept * (_averages[i] - perMinute));
        }
    }
}
