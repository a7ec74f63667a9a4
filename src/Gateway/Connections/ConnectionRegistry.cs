using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Gateway.Connections;

/// <summary>This gateway's connections: those that have sent CONNECT by their identifier, and those that have not yet been accepted, which the clock watches.</summary>
internal sealed class ConnectionRegistry : IConnectionRegistry
{
    private readonly HashSet<Connection> _connections = new(ById.Instance);
    private readonly Lock _gate = new();
    private readonly HashSet<Connection> _unconnected = [];
    private readonly Lock _unconnectedGate = new();
    private readonly FanOutOutput _fanOuts = new();
    private readonly long[] _closed = new long[Enum.GetValues<CloseCause>().Length];
    private long _lastId;
    private int _count;
    private int _attached;
    private int _maximumAttached;
    private bool _isCutOff;

    /// <summary>Connections that have sent CONNECT and are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    public int ConnectedCount => Volatile.Read(ref _attached);

    /// <inheritdoc/>
    public int MaximumConnectedCount => Volatile.Read(ref _maximumAttached);

    /// <summary>Connections whose CONNECT has not come or is not answered.</summary>
    public int UnconnectedCount
    {
        get
        {
            lock (_unconnectedGate)
                return _unconnected.Count;
        }
    }

    /// <summary>Connections that have ended for this cause.</summary>
    public long Closed(CloseCause cause) => Volatile.Read(ref _closed[(int)cause]);

    public bool IsStopping { get; private set; }

    /// <summary>The gateway is cut off from its cluster: a CONNECT is refused.</summary>
    public bool IsCutOff
    {
        get => Volatile.Read(ref _isCutOff);
        set => Volatile.Write(ref _isCutOff, value);
    }

    /// <summary>Unique while the process lives, never 0.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    public bool TryGet(long connectionId, [NotNullWhen(true)] out IGatewayConnection? connection)
    {
        Connection? known;
        lock (_gate)
            _connections.GetAlternateLookup<long>().TryGetValue(connectionId, out known);
        connection = known;
        return known is not null;
    }

    public void BeginTurn() => OutputTurn.Begin();

    public void EndTurn() => OutputTurn.End();

    public void BeginFanOut() => OutputTurn.BeginFanOut();

    public void EndFanOut(int receiversToCome) => OutputTurn.EndFanOut(_fanOuts, receiversToCome);

    /// <summary>The network has accepted a connection.</summary>
    /// <returns>False when so many are without CONNECT already, or the gateway stops: it is to be cut.</returns>
    public bool Accepted(Connection connection, int maximumUnconnected)
    {
        bool isAccepted;
        lock (_unconnectedGate)
            isAccepted = !IsStopping && _unconnected.Count < maximumUnconnected && _unconnected.Add(connection);
        if (!isAccepted)
            Interlocked.Increment(ref _closed[(int)CloseCause.NotAccepted]);
        return isAccepted;
    }

    /// <summary>A CONNECT has come.</summary>
    /// <returns>False at the maximum.</returns>
    public bool TryAdd(Connection connection, int maximum)
    {
        if (Interlocked.Increment(ref _count) > maximum)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        lock (_gate)
            return _connections.AddTight(connection);
    }

    /// <summary>CONNACK is out: the clock no longer watches.</summary>
    public void Attached(Connection connection)
    {
        var attached = Interlocked.Increment(ref _attached);
        for (var maximum = MaximumConnectedCount; attached > maximum;)
            maximum = Interlocked.CompareExchange(ref _maximumAttached, attached, maximum);
        Forget(connection);
    }

    /// <summary>The connection ends.</summary>
    /// <param name="wasAttached">Its CONNACK was out: see <see cref="Attached"/>, which another thread may still have to call.</param>
    public void Close(Connection connection, CloseCause cause, bool wasAttached)
    {
        Interlocked.Increment(ref _closed[(int)cause]);
        Remove(connection, wasAttached);
    }

    /// <summary>Takes out what has ended; twice makes no difference.</summary>
    /// <param name="wasAttached">As in <see cref="Close"/>; true once only.</param>
    public void Remove(Connection connection, bool wasAttached)
    {
        if (wasAttached)
            Interlocked.Decrement(ref _attached);
        bool wasCounted;
        lock (_gate)
            wasCounted = _connections.Remove(connection);
        if (wasCounted)
            Interlocked.Decrement(ref _count);
        Forget(connection);
    }

    private void Forget(Connection connection)
    {
        lock (_unconnectedGate)
            _unconnected.Remove(connection);
    }

    /// <summary>Closes or cancels what has been without an accepted CONNECT for too long.</summary>
    /// <param name="connectBefore">Accepted at this time or earlier: no CONNECT may be missing, and no exchange of AUTH go on.</param>
    /// <param name="answerBefore">Accepted at this time or earlier: no answer may be missing.</param>
    public void Sweep(long connectBefore, long answerBefore)
    {
        Connection[] late;
        lock (_unconnectedGate)
        {
            late = [.. _unconnected.Where(connection => connection.AcceptedAtMilliseconds
                <= (connection.Phase <= ConnectionPhase.Authenticating ? connectBefore : answerBefore))];
        }

        foreach (var connection in late)
            connection.ConnectTimedOut();
    }

    /// <summary>Refuses what the store has kept waiting; see <see cref="Connection.SweepOverdue"/>. Called by one thread at a time.</summary>
    public void SweepOverdue(long nowMilliseconds, long waitMilliseconds)
    {
        Connection[] connected;
        lock (_gate)
            connected = [.. _connections];
        foreach (var connection in connected)
            connection.SweepOverdue(nowMilliseconds, waitMilliseconds);
    }

    /// <summary>Some that have sent CONNECT and are open.</summary>
    public Connection[] Take(int count)
    {
        lock (_gate)
            return [.. _connections.Take(count)];
    }

    /// <summary>Closes all, and everything that comes later; 5.0 clients are told 0x8B.</summary>
    public void Stop()
    {
        StopAccepting();
        Connection[] connected;
        lock (_gate)
            connected = [.. _connections];
        foreach (var connection in connected)
            connection.Shutdown();
    }

    /// <summary>Closes what is not accepted yet, and everything that comes later.</summary>
    public void StopAccepting()
    {
        Connection[] unconnected;
        lock (_unconnectedGate)
        {
            IsStopping = true;
            unconnected = [.. _unconnected];
        }

        foreach (var connection in unconnected)
            connection.Shutdown();
    }

    /// <summary>A set takes 20 to 25 bytes for a connection, a concurrent dictionary 56.</summary>
    private sealed class ById : IEqualityComparer<Connection>, IAlternateEqualityComparer<long, Connection>
    {
        public static readonly ById Instance = new();

        public bool Equals(Connection? x, Connection? y) => ReferenceEquals(x, y);

        public int GetHashCode(Connection connection) => connection.ConnectionId.GetHashCode();

        public bool Equals(long connectionId, Connection connection) => connection.ConnectionId == connectionId;

        public int GetHashCode(long connectionId) => connectionId.GetHashCode();

        public Connection Create(long connectionId) => throw new NotSupportedException("A connection is not made from its identifier.");
    }
}
