namespace OrleansBroker.Gateway.Hosting;

/// <summary>
/// How long the process stood still lately, for what is looked at at an interval: a look that comes more than a second late found nobody reading the sockets (invariant H12).
/// Called by one thread at a time.
/// </summary>
internal sealed class SweepPardon(TimeSpan interval)
{
    private const long FrozenMilliseconds = 1_000;

    private long? _last;
    private long _pardon;
    private long _pardonedUntil;

    /// <summary>Milliseconds by which deadlines that began before are to be later.</summary>
    /// <param name="longest">The longest of these: after so long none of them is left.</param>
    public long At(long nowMilliseconds, TimeSpan longest)
    {
        var late = nowMilliseconds - (_last ?? nowMilliseconds) - (long)interval.TotalMilliseconds;
        _last = nowMilliseconds;
        if (nowMilliseconds >= _pardonedUntil) _pardon = 0;
        if (late <= FrozenMilliseconds) return _pardon;
        _pardon += late;
        _pardonedUntil = nowMilliseconds + (long)longest.TotalMilliseconds;
        return _pardon;
    }
}
