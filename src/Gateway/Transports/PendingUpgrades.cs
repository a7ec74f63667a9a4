using Microsoft.AspNetCore.Connections;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Gateway.Transports;

/// <summary>
/// The sockets of all WebSocket listeners that are not WebSockets yet: so many, and each for so long, whatever HTTP it speaks meanwhile. What comes after the
/// upgrade is a connection without CONNECT as on any other transport.
/// </summary>
/// <param name="clock">Says when a socket came.</param>
internal sealed class PendingUpgrades(BrokerClock clock)
{
    // As many as may be without CONNECT: in a storm of reconnects each client is first the one, then the other. At some 9 KiB each, 180 MiB.
    internal const int Maximum = KestrelTransport.MaxUnconnected;

    private readonly HashSet<PendingUpgrade> _pending = [];
    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _pending.Count;
        }
    }

    /// <summary>A step of a listener's connection pipeline; one socket too many is closed before it is read.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next, int maximum = Maximum) => async connection =>
    {
        var pending = new PendingUpgrade(connection, clock.NowMilliseconds);
        if (!TryAdd(pending, maximum))
            return;
        connection.Features.Set(pending);
        try
        {
            await next(connection);
        }
        finally
        {
            Remove(pending);
        }
    };

    /// <summary>It is a WebSocket now, or gone.</summary>
    public void Remove(PendingUpgrade pending)
    {
        lock (_gate)
            _pending.Remove(pending);
    }

    /// <summary>Cuts what was accepted at this time or earlier.</summary>
    public void Sweep(long acceptedBefore)
    {
        PendingUpgrade[] late;
        lock (_gate)
            late = [.. _pending.Where(pending => pending.AcceptedAtMilliseconds <= acceptedBefore)];
        foreach (var pending in late)
            pending.Connection.Abort(new ConnectionAbortedException("No WebSocket in time."));
    }

    private bool TryAdd(PendingUpgrade pending, int maximum)
    {
        lock (_gate)
            return _pending.Count < maximum && _pending.Add(pending);
    }
}
