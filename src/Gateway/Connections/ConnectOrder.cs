using System.Collections.Concurrent;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// CONNECTs of one client id reach its session in the order in which this gateway took them: grain calls alone may overtake one another, and then a
/// connection that its client has left long ago takes the session from the one that it uses.
/// </summary>
internal sealed class ConnectOrder
{
    private readonly ConcurrentDictionary<string, ConnectTurn> _last = new();

    /// <summary>Stands in line; <see cref="Leave"/> must follow, whatever happens.</summary>
    public ConnectTurn Join(string clientId)
    {
        while (true)
        {
            var last = _last.GetValueOrDefault(clientId);
            var turn = new ConnectTurn(clientId, last?.Ended ?? Task.CompletedTask);
            if (last is null ? _last.TryAdd(clientId, turn) : _last.TryUpdate(clientId, turn, last))
                return turn;
        }
    }

    public void Leave(ConnectTurn turn)
    {
        _last.TryRemove(KeyValuePair.Create(turn.ClientId, turn));
        turn.End();
    }
}
