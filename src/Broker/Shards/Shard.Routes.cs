using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>Sessions register and remove their filters.</summary>
public sealed partial class Shard
{
    /// <summary>
    /// Takes a route, in place of an older one of the same session and filter, and gives the retained messages that
    /// match to the session in the same turn, so that no live message falls between or comes twice.
    /// </summary>
    /// <param name="number">The journal number that the route's confirmation promises; 0 for a transient session.</param>
    /// <returns>The scan of the retained messages when it needs slices; otherwise null.</returns>
    public ShardJob? Register(Route route, bool sendRetained, out ulong number)
    {
        number = 0;
        // A registration that was on its way for long must not take the place of what came after it.
        if (!TryPut(route)) return null;
        number = route.IsDurable && _journal is not null ? _journal.PutRoute(route) : 0;
        if (!sendRetained || _retained.Count == 0) return null;
        var match = new RouteMatch(route.Receiver, route.Incarnation, [route.Grant]);
        return new RetainedScan(_retained, match, route.Filter.MatchUtf8.Span);
    }

    /// <summary>Puts a route back as it was recorded.</summary>
    public void RestoreRoute(Route route) => TryPut(route);

    /// <summary>Puts a retained message back as it was recorded, unless the bounds are lower by now.</summary>
    public void RestoreRetained(Publication publication)
    {
        var (count, bytes) = (_retained.Count, _retained.SizeBytes);
        if (_retained.Set(publication.Topic, new RetainedMessage(publication)) is RetainedOutcome.RefusedCount or RetainedOutcome.RefusedBytes) _counters.Drop(DropReason.RetainedFull);
        _totals.Add(_retained.Count - count, _retained.SizeBytes - bytes);
    }

    /// <summary>Removes what has expired among the next nodes of the retained store, so that it counts against no bound any more.</summary>
    /// <param name="steps">Nodes to look at: at 10 to 40 ns each.</param>
    /// <returns>True when this call ended a round through the store.</returns>
    public bool RemoveExpired(long nowMilliseconds, int steps)
    {
        if (_retained.Count == 0) return true;
        var (count, bytes) = (_retained.Count, _retained.SizeBytes);
        var ended = _retained.RemoveExpired(nowMilliseconds, steps, _expired);
        foreach (var message in _expired) _journal?.RemoveRetained(message.Topic);
        _expired.Clear();
        _totals.Add(_retained.Count - count, _retained.SizeBytes - bytes);
        return ended;
    }

    /// <summary>The shard leaves this silo: what it retained does not count here any more.</summary>
    public void Leave() => _totals.Add(-_retained.Count, -_retained.SizeBytes);

    /// <summary>Removes the route of a session incarnation unless a newer version stands in its place. Idempotent.</summary>
    /// <returns>The journal number that promises it; 0 when there is nothing to commit.</returns>
    public ulong Remove(TopicFilter filter, string clientId, long incarnation, uint version)
    {
        if (!_routes.TryGet(filter.MatchUtf8.Span, out var routes)) return 0;
        var shareName = filter.ShareName;
        var group = shareName is null ? null : routes.Group(shareName);
        var route = shareName is null ? routes.Of(clientId) : group?.Of(clientId);
        if (route is null || route.Incarnation != incarnation || route.Grant.Version > version) return 0;
        if (group is null) routes.Remove(clientId);
        else group.Remove(clientId);
        if (group is { Count: 0 }) routes.RemoveGroup(shareName!);
        if (routes.IsEmpty) _routes.Remove(filter.MatchUtf8.Span, out _);
        route.Receiver.RouteRemoved();
        _matches.Invalidate();
        return route.IsDurable && _journal is not null ? _journal.RemoveRoute(filter, clientId) : 0;
    }

    /// <summary>A member of a shared group has a connection again.</summary>
    public void MemberConnected(TopicFilter filter, string clientId)
    {
        if (filter.ShareName is { } shareName && _routes.TryGet(filter.MatchUtf8.Span, out var routes)) routes.Group(shareName)?.MemberConnected(clientId);
    }

    /// <summary>A session has refused a match as gone: its routes with these versions go (invariant B13).</summary>
    public void RemoveStale(ReadOnlySpan<byte> topic, RouteMatch match)
    {
        var found = new List<FilterRoutes>();
        _routes.Match(topic, found);
        foreach (var filter in found)
        {
            var route = filter.Of(match.Receiver.ClientId);
            if (route is null || !Array.Exists(match.Grants, grant => grant.Version == route.Grant.Version)) continue;
            Remove(route.Filter, match.Receiver.ClientId, match.Incarnation, route.Grant.Version);
        }
    }

    private bool TryPut(Route route)
    {
        var filter = route.Filter;
        ref var place = ref _routes.GetOrAdd(filter.MatchUtf8.Span, out _);
        var routes = place ??= new FilterRoutes();
        var shareName = filter.ShareName;
        var present = shareName is null ? routes.Of(route.Receiver.ClientId) : routes.Group(shareName)?.Of(route.Receiver.ClientId);
        if (present is not null && IsOlder(route, present)) return false;
        route.Receiver.RouteAdded();
        var replaced = shareName is null
            ? routes.Put(route)
            : routes.GetOrAddGroup(shareName, _ => new SharedGroup(_answered, _counters)).Put(route);
        replaced?.Receiver.RouteRemoved();
        _matches.Invalidate();
        return true;
    }

    /// <summary>Incarnations rise with time, versions within an incarnation.</summary>
    private static bool IsOlder(Route route, Route present) =>
        route.Incarnation != present.Incarnation ? route.Incarnation < present.Incarnation : route.Grant.Version < present.Grant.Version;
}
