namespace OrleansBroker.Soak.Tests.Model;

/// <summary>
/// The broker routed a message once, at an instant of the window. A QoS 1 message that was sent again makes another attempt; one of QoS 2
/// stays one, and so does a will.
/// </summary>
internal sealed class Attempt(long begin)
{
    public long Begin { get; } = begin;

    /// <summary><see cref="Window.Never"/> while the answer is to come.</summary>
    public long End { get; private set; } = Window.Never;

    /// <summary>It was answered; otherwise it may have been lost with its connection.</summary>
    public bool IsCertain { get; private set; }

    public Window When => new(Begin, End);

    public void Accepted(long end)
    {
        End = end;
        IsCertain = true;
    }

    public void Lost(long end)
    {
        if (!IsCertain)
            End = end;
    }
}
