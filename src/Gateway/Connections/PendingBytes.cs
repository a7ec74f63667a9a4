using System.Collections.Concurrent;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// Bytes of all this gateway's incoming messages that are not done, and the connections that wait for them to become fewer (invariant B11).
/// </summary>
/// <param name="maximum">At it no connection is read for messages.</param>
internal sealed class PendingBytes(long maximum)
{
    private readonly ConcurrentQueue<Connection> _waiting = new();
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public bool IsFull => Bytes >= maximum;

    /// <summary>Call where no connection's lock is held.</summary>
    public void Add(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        if (bytes < 0)
            WakeWaiting();
    }

    /// <summary>The connection has paused; <see cref="Connection.GatewayHasRoom"/> is called once when there is room, possibly at once.</summary>
    public void Wait(Connection connection)
    {
        _waiting.Enqueue(connection);
        WakeWaiting();
    }

    private void WakeWaiting()
    {
        while (!IsFull && _waiting.TryDequeue(out var connection))
            connection.GatewayHasRoom();
    }
}
