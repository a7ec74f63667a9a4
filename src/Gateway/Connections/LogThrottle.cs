namespace OrleansBroker.Gateway.Connections;

/// <summary>Lets a kind of log line pass at a bounded rate, with room for a burst, and counts the others.</summary>
internal sealed class LogThrottle(TimeProvider time)
{
    public const int Burst = 200;
    private const int PerSecond = 100;

    private readonly Lock _gate = new();
    private double _tokens = Burst;
    private long _refilled = time.GetTimestamp();
    private long _leftOut;

    /// <param name="leftOut">Lines of this kind since the last that passed.</param>
    public bool TryTake(out long leftOut)
    {
        lock (_gate)
        {
            leftOut = _leftOut;
            var now = time.GetTimestamp();
            _tokens = Math.Min(Burst, _tokens + (time.GetElapsedTime(_refilled, now).TotalSeconds * PerSecond));
            _refilled = now;
            if (_tokens < 1)
            {
                _leftOut++;
                return false;
            }

            _tokens--;
            _leftOut = 0;
            return true;
        }
    }
}
