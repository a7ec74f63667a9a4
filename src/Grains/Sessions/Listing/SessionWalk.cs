using System.Runtime.InteropServices;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>
/// A page of the sessions of the cluster: what the nodes have in memory, what connections they have, and what the store has, merged by client id. Each says how far it is complete;
/// the page is complete to the least of that.
/// </summary>
internal sealed class SessionWalk
{
    private const int MostAtOnce = 64; // half a millisecond of work: messages get their turn in between
    private const int LeastAtOnce = 16;

    private readonly List<SessionItem> _items = [];
    private readonly List<SessionItem> _same = [];
    private readonly SessionFilter _filter;
    private readonly NodeSource[] _nodes;
    private readonly StoreSource? _store;
    private readonly BrokerClock _clock;
    private readonly ListingPace _pace;
    private readonly int _limit;
    private string? _at;

    public SessionWalk(SessionQuery query, string? after, int limit, SessionNodes nodes, StoredSessions store, ListingPace pace, BrokerClock clock)
    {
        _filter = new SessionFilter(query);
        _limit = limit;
        _clock = clock;
        _pace = pace;
        // A walk whose first page came to nothing begins anew.
        after = string.IsNullOrEmpty(after) ? null : after;
        _at = after;
        // The gateways know of every connection: where one is needed, the store has nothing to add.
        var isStoreRead = !query.NeedsConnection;
        _store = isStoreRead ? new StoreSource(store, query, after) : null;
        _nodes = [.. nodes.All.Select(node => new NodeSource(node, nodes, query, after, isStoreRead))];
    }

    public async Task<SessionPage> RunAsync(TimeSpan budget, CancellationToken cancellation)
    {
        var asOf = _clock.ToUtcMilliseconds(_clock.NowMilliseconds);
        var started = _clock.TimeProvider.GetTimestamp();
        // The first round has its time whatever the budget is: each page comes further.
        for (var atOnce = Math.Clamp(_limit + 1, LeastAtOnce, MostAtOnce); ; atOnce = Math.Min(atOnce * 2, MostAtOnce))
        {
            await _pace.WaitAsync(cancellation);
            var looked = await FetchAsync(atOnce, cancellation);
            var before = _items.Count;
            Merge();
            _pace.Add(looked, _items.Count - before);
            var isEnd = _store is null or { IsEmpty: true } && Array.TrueForAll(_nodes, static node => node.IsEmpty);
            if (isEnd || _items.Count == _limit || _clock.TimeProvider.GetElapsedTime(started) >= budget)
                return new SessionPage(_items, isEnd ? null : _at ?? string.Empty, [.. _nodes.Where(static node => node.IsSilent).Select(static node => node.Node.ToParsableString())], asOf);
        }
    }

    /// <summary>The store first: the nodes need not go further than it has come.</summary>
    private async Task<int> FetchAsync(int atOnce, CancellationToken cancellation)
    {
        var looked = _store is { NeedsMore: true } ? await _store.FetchAsync(atOnce, cancellation) : 0;
        var until = _store?.Reached;
        var lookedThere = await Task.WhenAll(_nodes.Where(node => node.Needs(until)).Select(node => node.FetchAsync(until, atOnce, cancellation)));
        return looked + lookedThere.Sum();
    }

    private void Merge()
    {
        var bound = _store?.Bound(null);
        foreach (var node in _nodes) bound = node.Bound(bound);
        while (_items.Count < _limit && Next() is { } next && (bound is null || Utf8Order.Instance.Compare(next, bound) <= 0))
        {
            if (Take(next) is { } item) _items.Add(item);
            _at = next;
        }

        if (_items.Count < _limit) _at = bound ?? _at;
    }

    private string? Next()
    {
        var next = _store?.Next;
        foreach (var node in _nodes)
        {
            if (node.Next is { } other) next = StoreSource.Least(next, other);
        }

        return next;
    }

    /// <summary>Null when it does not meet the criteria.</summary>
    private SessionItem? Take(string clientId)
    {
        _same.Clear();
        foreach (var node in _nodes)
        {
            if (node.Next == clientId) _same.Add(node.Take());
        }

        var stored = _store?.Next == clientId ? _store.Take() : null;
        if (stored is not null && !stored.HasExpired(_clock)) _same.Add(stored.AsFound(_nodes.Where(static node => node.IsSilent).Select(static node => node.Node)));
        if (_same.Count == 0) return null;
        var item = SessionMerge.Combine(CollectionsMarshal.AsSpan(_same));
        return !item.Parts.HasFlag(SessionParts.RuledOut) && _filter.Admits(item) && AdmitsSubscriptions(item, stored) ? item : null;
    }

    /// <summary>The session judges itself, and a gateway those that the store does not have; the others are judged by what the store has.</summary>
    private bool AdmitsSubscriptions(SessionItem item, StoredSession? stored)
    {
        if (!_filter.NeedsSubscriptions || item.Parts.HasFlag(SessionParts.Session)) return true;
        return stored is null ? item.ExpiryIntervalSeconds == 0 : _filter.AdmitsSubscriptions(stored.Subscriptions);
    }
}
