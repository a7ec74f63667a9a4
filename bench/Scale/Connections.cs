using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Scale;

/// <summary>The gateway's stand-in: its connections in an array, so that their own cost is a number for each.</summary>
internal sealed class Connections : IConnectionRegistry
{
    private BenchConnection[] _connections = [];

    public int ConnectedCount => _connections.Length;

    public int MaximumConnectedCount => _connections.Length;

    public BenchConnection this[int index] => _connections[index];

    /// <summary>Makes them; all is as if their networks were open.</summary>
    public void Open(int count) => _connections = [.. Enumerable.Range(0, count).Select(static index => new BenchConnection(index))];

    public bool TryGet(long connectionId, [NotNullWhen(true)] out IGatewayConnection? connection)
    {
        connection = connectionId > 0 && connectionId <= _connections.Length ? _connections[connectionId - 1] : null;
        return connection is not null;
    }
}
