namespace OrleansBroker.Gateway.Connections;

/// <summary>The messages that a connection had not acknowledged at one look at it.</summary>
/// <param name="SinceMilliseconds">When that was.</param>
/// <param name="Next">QoS 1: those below this number.</param>
/// <param name="NextExactlyOnce">QoS 2: those below this number.</param>
internal sealed record OverdueWatch(long SinceMilliseconds, long Next, long NextExactlyOnce)
{
    /// <summary>Whether any of them is still not acknowledged.</summary>
    public bool IsOpen(InboundWindow window) => window.First < Next || window.AwaitingPubRecBefore(NextExactlyOnce).Length > 0;
}
