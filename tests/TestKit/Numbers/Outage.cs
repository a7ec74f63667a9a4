using System.Net.Sockets;

namespace OrleansBroker.TestKit.Numbers;

/// <summary>What a client sees while the broker is down, or not yet up.</summary>
public static class Outage
{
    // A client's usual patience before it comes again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static bool Is(Exception end) => end is IOException or SocketException or UnexpectedFrameException;

    public static Task PauseAsync() => Task.Delay(Pause, TimeProvider.System);
}
