using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Tests.Cluster;

internal sealed class FakeRegistry : IConnectionRegistry
{
    private readonly ConcurrentDictionary<long, FakeConnection> _connections = new();
    private readonly ThreadLocal<int> _turns = new();
    private long _last;

    /// <summary>This thread is in a turn: what it has a connection send is written at its end.</summary>
    public bool IsInTurn => _turns.Value > 0;

    /// <summary>How many receivers were to come at the end of each slice of a large fan-out.</summary>
    public List<int> FanOuts { get; } = [];

    public int ConnectedCount => _connections.Count;

    public int MaximumConnectedCount => (int)Volatile.Read(ref _last);

    public FakeConnection Add()
    {
        var connection = new FakeConnection(Interlocked.Increment(ref _last), this);
        _connections[connection.ConnectionId] = connection;
        return connection;
    }

    public void BeginTurn() => _turns.Value++;

    public void EndTurn() => _turns.Value--;

    public void EndFanOut(int receiversToCome)
    {
        lock (FanOuts)
            FanOuts.Add(receiversToCome);
    }

    public void Remove(FakeConnection connection) => _connections.TryRemove(connection.ConnectionId, out _);

    public bool TryGet(long connectionId, [NotNullWhen(true)] out IGatewayConnection? connection)
    {
        var found = _connections.TryGetValue(connectionId, out var fake);
        connection = fake;
        return found;
    }
}
