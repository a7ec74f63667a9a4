using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>All routes of one filter: of single sessions, and of shared groups by share name. Small filters cost a few fields.</summary>
public sealed class FilterRoutes
{
    /// <summary>From here a scan by client id costs more than a hash look-up.</summary>
    private const int IndexedFrom = 16;

    private OneOrMore<Route> _routes;
    private Dictionary<string, int>? _byClientId;
    private Dictionary<string, SharedGroup>? _groups;

    public int Count => _routes.Count;

    public ReadOnlySpan<Route> Routes => _routes.Items;

    public IEnumerable<SharedGroup> Groups => _groups?.Values ?? Enumerable.Empty<SharedGroup>();

    /// <summary>Share names with their groups as they are now, in the order of the names' bytes.</summary>
    public (string ShareName, SharedGroup Group)[] NamedGroups() =>
        _groups is null ? [] : [.. _groups.OrderBy(static named => named.Key, Utf8Order.Instance).Select(static named => (named.Key, named.Value))];

    /// <summary>The filter's part that topics are matched with; empty when nobody has it any more.</summary>
    public ReadOnlyMemory<byte> MatchUtf8() =>
        (Count > 0 ? _routes[0] : Groups.Select(static group => group.RouteOf(0)).FirstOrDefault())?.Filter.MatchUtf8 ?? default;

    public bool IsEmpty => Count == 0 && _groups is null;

    public bool HasGroups => _groups is not null;

    public SharedGroup GetOrAddGroup(string shareName, Func<string, SharedGroup> make)
    {
        _groups ??= new Dictionary<string, SharedGroup>(StringComparer.Ordinal);
        if (!_groups.TryGetValue(shareName, out var group)) _groups[shareName] = group = make(shareName);
        return group;
    }

    public SharedGroup? Group(string shareName) => _groups?.GetValueOrDefault(shareName);

    public void RemoveGroup(string shareName)
    {
        if (_groups is not null && _groups.Remove(shareName) && _groups.Count == 0) _groups = null;
    }

    public Route? Of(string clientId)
    {
        var index = IndexOf(clientId);
        return index < 0 ? null : _routes[index];
    }

    /// <summary>Puts the session's route and answers the one that it replaces.</summary>
    public Route? Put(Route route)
    {
        var index = IndexOf(route.Receiver.ClientId);
        var replaced = index < 0 ? null : _routes[index];
        if (index < 0)
        {
            _byClientId?.Add(route.Receiver.ClientId, Count);
            _routes.Add(route);
        }
        else
        {
            _routes[index] = route;
        }

        if (Count >= IndexedFrom && _byClientId is null) BuildIndex();
        return replaced;
    }

    public void Remove(string clientId)
    {
        var index = IndexOf(clientId);
        if (index < 0) return;
        _byClientId?.Remove(clientId);
        _routes.RemoveAt(index);
        if (index < Count && _byClientId is not null) _byClientId[_routes[index].Receiver.ClientId] = index;
    }

    private void BuildIndex()
    {
        _byClientId = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Count; i++) _byClientId[_routes[i].Receiver.ClientId] = i;
    }

    private int IndexOf(string clientId)
    {
        if (_byClientId is not null) return _byClientId.TryGetValue(clientId, out var found) ? found : -1;
        var routes = Routes;
        for (var i = 0; i < routes.Length; i++)
        {
            if (string.Equals(routes[i].Receiver.ClientId, clientId, StringComparison.Ordinal)) return i;
        }

        return -1;
    }
}
