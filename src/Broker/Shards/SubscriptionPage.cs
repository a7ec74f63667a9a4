using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>
/// The first routes of some filters in the order of <see cref="SubscriptionPlace"/>, found in slices of bounded work. Routes may come and go between slices: one that is there all
/// the time is found once, another at most once.
/// </summary>
/// <param name="filters">In the order of what they match.</param>
/// <param name="only">The one filter of which routes are wanted, share part included; null for all.</param>
/// <param name="after">Routes behind this place; null from the beginning.</param>
/// <param name="limit">At most so many, at least 1.</param>
public sealed class SubscriptionPage(IReadOnlyList<FilterRoutes> filters, TopicFilter? only, SubscriptionPlace? after, int limit)
{
    /// <summary>A route and its client id are in two or three places of memory, a tree's node is in one.</summary>
    private const int StepsPerRoute = 4;

    private static readonly Comparer<Route> ByClientId =
        Comparer<Route>.Create(static (left, right) => Utf8Order.Instance.Compare(left.Receiver.ClientId, right.Receiver.ClientId));

    private readonly List<Route> _found = [];
    private readonly SortedSet<Route> _first = new(ByClientId);
    private readonly Queue<Source> _sources = new();
    private Source? _source;
    private int _next;

    public IReadOnlyList<Route> Found => _found;

    /// <summary>Goes on.</summary>
    /// <param name="remainingSteps">What the slice may still do; lowered by what was done.</param>
    /// <returns>True when nothing is left to look at.</returns>
    public bool Advance(ref int remainingSteps)
    {
        while (_found.Count < limit)
        {
            if (remainingSteps <= 0) return false;
            if (_source is null && !_sources.TryDequeue(out _source))
            {
                if (_next == filters.Count) return true;
                remainingSteps -= StepsPerRoute;
                AddSources(filters[_next++]);
            }
            else if (_source.Run(_first, limit - _found.Count, ref remainingSteps))
            {
                _found.AddRange(_first);
                _first.Clear();
                _source = null;
            }
        }

        return true;
    }

    private void AddSources(FilterRoutes routes)
    {
        var match = routes.MatchUtf8();
        if (match.IsEmpty) return;
        if (only is null || !only.IsShared) Add(match, "", routes, null);
        if (only is { IsShared: false }) return;
        foreach (var (shareName, group) in routes.NamedGroups())
        {
            if (only is null || only.ShareName == shareName) Add(match, shareName, routes, group);
        }
    }

    private void Add(ReadOnlyMemory<byte> match, string shareName, FilterRoutes routes, SharedGroup? group)
    {
        // An empty client id comes before all others: everything of the source is behind its place, or nothing is, or what is behind a client id.
        var order = after is { } place ? SubscriptionPlace.Order.Compare(new SubscriptionPlace(match, shareName, ""), place with { ClientId = "" }) : 1;
        if (order >= 0) _sources.Enqueue(new Source(routes, group, order == 0 ? after!.Value.ClientId : null));
    }

    /// <summary>
    /// The routes of a filter, or of one group of it: from the last to the first, as one that is removed only ever brings such in its place, or before it, as stand behind it.
    /// </summary>
    private sealed class Source(FilterRoutes routes, SharedGroup? group, string? after)
    {
        private int _left = int.MaxValue;

        private int Count => group?.Count ?? routes.Count;

        /// <returns>True when it is at its end.</returns>
        public bool Run(SortedSet<Route> first, int limit, ref int remainingSteps)
        {
            for (_left = Math.Min(_left, Count); _left > 0; _left--)
            {
                if (remainingSteps <= 0) return false;
                remainingSteps -= StepsPerRoute;
                var route = group?.RouteOf(_left - 1) ?? routes.Routes[_left - 1];
                if (after is not null && Utf8Order.Instance.Compare(route.Receiver.ClientId, after) <= 0) continue;
                if (first.Count == limit && ByClientId.Compare(route, first.Max) >= 0) continue;
                first.Add(route);
                if (first.Count > limit) first.Remove(first.Max!);
            }

            return true;
        }
    }
}
