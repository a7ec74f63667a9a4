namespace OrleansBroker.Soak.Tests.Model;

/// <summary>One connection of a session: when it could receive, and what it did.</summary>
internal sealed class ConnectionRecord(int number, Window opened)
{
    public int Number { get; } = number;

    /// <summary>CONNECT sent to CONNACK read.</summary>
    public Window Opened { get; } = opened;

    /// <summary>Before the client closed it, or asked for it to be taken over.</summary>
    public long CloseBegin { get; set; } = Window.Never;

    /// <summary>How it ended, for people.</summary>
    public string Ending { get; set; } = "open";

    public List<Copy> Copies { get; } = [];

    /// <summary>Connected from before the window until after it.</summary>
    public bool Spans(Window window) => Opened.End < window.Begin && CloseBegin > window.End;
}
