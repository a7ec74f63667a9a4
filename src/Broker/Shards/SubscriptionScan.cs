using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>Subscriptions of one shard for who asks for them, in slices: first the filters, when those are to be found too, then their routes.</summary>
public sealed class SubscriptionScan : IDisposable
{
    private readonly TopicTree<FilterRoutes>.Page? _filters;
    private readonly SubscriptionPlace? _after;
    private readonly int _limit;
    private SubscriptionPage? _routes;

    internal SubscriptionScan(SubscriptionPage routes) => _routes = routes;

    internal SubscriptionScan(TopicTree<FilterRoutes>.Page filters, SubscriptionPlace? after, int limit)
    {
        _filters = filters;
        _after = after;
        _limit = limit;
    }

    /// <summary>At the end: in the order of <see cref="SubscriptionPlace"/>.</summary>
    public IReadOnlyList<Route> Found => _routes?.Found ?? [];

    /// <inheritdoc cref="SubscriptionPage.Advance"/>
    public bool Advance(ref int remainingSteps)
    {
        if (_routes is null)
        {
            if (!_filters!.Advance(ref remainingSteps)) return false;
            _routes = new SubscriptionPage([.. _filters.Take().Select(static found => found.Value)], only: null, _after, _limit);
        }

        return _routes.Advance(ref remainingSteps);
    }

    public void Dispose() => _filters?.Dispose();
}
