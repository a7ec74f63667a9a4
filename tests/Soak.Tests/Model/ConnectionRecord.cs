namespace OrleansBroker.Soak.Tests.Model;

/// <summary>One connection of a session: when it could receive, and what it did.</summary>
internal sealed class ConnectionRecord(int number, Window opened, bool isPrompt)
{
    public int Number { get; } = number;

    /// <summary>CONNECT sent to CONNACK read.</summary>
    public Window Opened { get; } = opened;

    /// <summary>The client acknowledges at once: what waits for it soon does not any more.</summary>
    public bool IsPrompt { get; } = isPrompt;

    /// <summary>Before the client closed it, or asked for it to be taken over.</summary>
    public long CloseBegin { get; set; } = Window.Never;

    /// <summary>How it ended, for people.</summary>
    public string Ending { get; set; } = "open";

    public List<Copy> Copies { get; } = [];

    /// <summary>
    /// Connected from before the window until after it, and what had to wait behind older messages had time to leave: a QoS 0 message that
    /// still waits when the connection ends may be dropped.
    /// </summary>
    public bool Takes(Window window) =>
        Opened.End < window.Begin && (CloseBegin == Window.Never || (IsPrompt && CloseBegin > window.End + Stamps.Grace));
}
