using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Tests.Cluster;

internal sealed class FakeRegistry : IConnectionRegistry
{
    private readonly ConcurrentDictionary<long, FakeConnection> _connections = new();
    private long _last;

    public int ConnectedCount => _connections.Count;

    public int MaximumConnectedCount => (int)Volatile.Read(ref _last);

    public FakeConnection Add()
    {
        var connection = new FakeConnection(Interlocked.Increment(ref _last), this);
        _connections[connection.ConnectionId] = connection;
        return connection;
    }

    public void Remove(FakeConnection connection) => _connections.TryRemove(connection.ConnectionId, out _);

    public bool TryGet(long connectionId, [NotNullWhen(true)] out IGatewayConnection? connection)
    {
        var found = _connections.TryGetValue(connectionId, out var fake);
        connection = fake;
        return found;
    }
}
