using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Routing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Retained messages that a SUBACK promises come, whichever silo dies, as long as the connection lives. Under the monitor.</summary>
internal sealed partial class SessionMonitor
{
    /// <summary>Null when all have come.</summary>
    private RetainedDebt? _debt;

    /// <summary>Shards have given retained messages for subscriptions that SUBACK, which comes next, confirms.</summary>
    public void OweRetained(ISessionConnection connection, IEnumerable<RetainedGiven> given)
    {
        // What this silo has for a connection of its own it cannot lose without the connection.
        var owed = given.Where(item => item.Subscription.State == SubscriptionState.Active && (connection is RemoteConnection || !_services.Senders.Self.Equals(item.Silo))).ToList();
        if (owed.Count == 0) return;
        if (connection is RemoteConnection remote)
        {
            foreach (var version in owed.Select(static item => item.Subscription.Version).Distinct()) remote.RetainedOwed(version);
        }

        DebtTo(connection).Add(_session, owed);
    }

    /// <summary>What the last activation owed the connection is asked of all shards again.</summary>
    public void OweRetainedAgain(RemoteConnection connection, IReadOnlyList<Subscription> owed)
    {
        if (owed.Count == 0) return;
        var given = new List<RetainedGiven>();
        foreach (var older in owed)
        {
            if (!_session.Subscriptions.TryGet(older.Filter, out var subscription)) continue;
            if (subscription.Version != older.Version) connection.RetainedRenewed(older.Version, subscription, _session.IsDurable);
            given.AddRange(_services.Routes.ShardsOf(subscription).Select(shard => new RetainedGiven(shard, null, subscription)));
        }

        DebtTo(connection).Add(_session, given);
    }

    /// <summary>Nothing is owed any more.</summary>
    public void RetainedCame(RetainedDebt debt)
    {
        if (_debt == debt) _debt = null;
    }

    private RetainedDebt DebtTo(ISessionConnection connection) =>
        _debt?.IsTo(connection) == true ? _debt : _debt = new RetainedDebt(this, _services, connection, _session.Incarnation, _session.IsDurable);
}
