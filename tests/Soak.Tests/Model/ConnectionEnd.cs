namespace OrleansBroker.Soak.Tests.Model;

/// <summary>How and when a connection ended, as the broker must see it.</summary>
/// <param name="When">For a reset the end is a guess: the broker notices it by then.</param>
/// <param name="PublishesWill">False after a normal DISCONNECT.</param>
/// <param name="ExpirySeconds">Session Expiry Interval at the end.</param>
internal readonly record struct ConnectionEnd(Window When, bool PublishesWill, long ExpirySeconds)
{
    /// <summary>Session expiry of a session that never ends by itself.</summary>
    public const long NeverExpires = long.MaxValue / Stamps.Second / 4;

    /// <summary>When the session ends if nobody comes back.</summary>
    public Window Expiry => After(ExpirySeconds);

    public Window After(long seconds)
    {
        if (seconds == 0)
            return When;
        // The broker counts in whole milliseconds from a clock read before; timers fire late, never early.
        const long Rounding = 5 * Stamps.Millisecond;
        return new Window(When.Begin + (seconds * Stamps.Second) - Rounding, When.End + (seconds * Stamps.Second) + Stamps.Grace);
    }
}
