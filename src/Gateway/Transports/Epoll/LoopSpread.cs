namespace OrleansBroker.Gateway.Transports.Epoll;

/// <summary>
/// On how many loops the connections are. One is the cheapest: it wakes once for what two would wake for twice, and does not meet another one in sessions and shards.
/// So there is one until it is full, and one more is tried; it stays if more work is done then, or the work waits less.
/// </summary>
/// <param name="loops">That there are.</param>
internal sealed class LoopSpread(int loops)
{
    /// <summary>How often a loop that is awake reports, in milliseconds.</summary>
    public const int ReportInterval = 100;

    // What is decided is decided on so much time.
    private const int Window = 500;

    // The part of a window for which a loop is awake: from here on it is full,
    private const double Full = 0.85;

    // below this it has been relieved,
    private const double Relieved = 0.7;

    // and what fits in one loop less with this for each loses that one.
    private const double Light = 0.5;

    // So much more must one more loop do.
    private const double Gain = 1.1;

    // What did not pay is not tried again for so long, each time twice as long.
    private const int ShortestPatience = 30_000;
    private const int LongestPatience = 16 * ShortestPatience;

    private readonly Lock _gate = new();
    private readonly double[] _awake = new double[loops];
    private int _version = 1;
    private int _inUse = 1;
    private int _tickets;
    private long _windowStart;
    private long _bytes;
    private Trial _trial;
    private double _rateBefore;
    private bool _wasFull;
    private bool _wasLight;
    private long _retryAt;
    private int _patience = ShortestPatience;

    private enum Trial
    {
        None,
        Settling,
        Measuring,
    }

    /// <summary>Changes whenever connections should have new homes.</summary>
    public int Version => Volatile.Read(ref _version);

    public int InUse
    {
        get
        {
            lock (_gate)
                return _inUse;
        }
    }

    /// <summary>The loop of one more connection: those that ask first after a change are the busy ones, and each loop gets as many of them as any other.</summary>
    /// <param name="version">For which it is right.</param>
    public int Home(out int version)
    {
        lock (_gate)
        {
            version = _version;
            return DigitSum(_tickets++, _inUse) % _inUse;
        }
    }

    /// <param name="awakeMilliseconds">Since the loop's last report.</param>
    /// <param name="bytes">Of input, handled since then: a measure of work that does not depend on how it comes in.</param>
    public void Report(int loop, double awakeMilliseconds, long bytes, long nowMilliseconds)
    {
        if (loops == 1)
            return;
        lock (_gate)
        {
            _awake[loop] += awakeMilliseconds;
            _bytes += bytes;
            var elapsed = nowMilliseconds - _windowStart;
            if (elapsed < Window)
                return;
            // A loop that slept through the window's end reports more than the window has.
            Decide(Math.Min(_awake.Max() / elapsed, 1), _awake.Sum() / elapsed, _bytes / (double)elapsed, nowMilliseconds);
            Array.Clear(_awake);
            _bytes = 0;
            _windowStart = nowMilliseconds;
        }
    }

    private void Decide(double busiest, double total, double rate, long now)
    {
        var isFull = busiest >= Full;
        var isLight = total < Light * Math.Max(1, _inUse - 1);
        if (_trial == Trial.Settling)
            _trial = Trial.Measuring;
        else if (_trial == Trial.Measuring)
            EndTrial(pays: rate >= Gain * _rateBefore || busiest < Relieved, now);
        else if (isFull && _wasFull && _inUse < loops && now >= _retryAt)
            BeginTrial(rate);
        else if (isLight && _wasLight)
            Calm();
        _wasFull = isFull;
        _wasLight = isLight;
    }

    private void BeginTrial(double rate)
    {
        _trial = Trial.Settling;
        _rateBefore = rate;
        Use(_inUse + 1);
    }

    private void EndTrial(bool pays, long now)
    {
        _trial = Trial.None;
        if (pays)
        {
            _patience = ShortestPatience;
            return;
        }

        _retryAt = now + _patience;
        _patience = Math.Min(2 * _patience, LongestPatience);
        Use(_inUse - 1);
    }

    private void Calm()
    {
        _retryAt = 0;
        _patience = ShortestPatience;
        if (_inUse > 1)
            Use(_inUse - 1);
    }

    private void Use(int count)
    {
        _inUse = count;
        _tickets = 0;
        Volatile.Write(ref _version, _version + 1);
    }

    // Of n numbers in a row every loop gets one, in an order that keeps step with no pattern of the clients': who connects a publisher and a subscriber in turn
    // would have all publishers on one loop of two.
    private static int DigitSum(int number, int radix)
    {
        if (radix == 1)
            return 0;
        var sum = 0;
        for (; number > 0; number /= radix)
            sum += number % radix;
        return sum;
    }
}
