using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Shards;

/// <summary>Merges the routes of all filters that match a topic into one match per session.</summary>
internal sealed class MatchCollector
{
    private readonly List<Route> _routes = [];
    private readonly List<SharedGroup> _groups = [];
    private int _filters;

    public void Add(FilterRoutes filter)
    {
        if (filter.Count > 0) _filters++;
        _routes.AddRange(filter.Routes);
        if (filter.HasGroups) _groups.AddRange(filter.Groups);
    }

    public TopicMatch ToMatch() => _routes.Count == 0 && _groups.Count == 0 ? TopicMatch.None : new(_filters <= 1 ? Single() : Merged(), [.. _groups]);

    /// <summary>One filter holds a session at most once: nothing to merge.</summary>
    private RouteMatch[] Single()
    {
        var matches = new RouteMatch[_routes.Count];
        for (var i = 0; i < matches.Length; i++)
        {
            matches[i] = new RouteMatch(_routes[i].Receiver, _routes[i].Incarnation, [_routes[i].Grant]);
        }

        return matches;
    }

    private RouteMatch[] Merged()
    {
        var byReceiver = new Dictionary<(IReceiver Receiver, long Incarnation), List<RouteGrant>>();
        foreach (var route in _routes)
        {
            var key = (route.Receiver, route.Incarnation);
            if (!byReceiver.TryGetValue(key, out var grants)) byReceiver[key] = grants = [];
            grants.Add(route.Grant);
        }

        var matches = new RouteMatch[byReceiver.Count];
        var next = 0;
        foreach (var ((receiver, incarnation), grants) in byReceiver) matches[next++] = new RouteMatch(receiver, incarnation, [.. grants]);
        return matches;
    }
}
