using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// Subscriptions to <c>$SYS</c>: their routes are at the node that the connection is on, and follow it. Without connection they get nothing.
/// </summary>
public sealed partial class Session
{
    /// <summary>
    /// Each gets a new version: routes that an older connection's node still holds, or takes too late, are stale, and their removal cannot
    /// hit what this connection's node is given now.
    /// </summary>
    private void EnterNode()
    {
        if (NodeSubscriptionsOf(_connection) is not { } entered) return;
        var renewed = new List<Subscription>(entered.Subscriptions.Count);
        foreach (var subscription in entered.Subscriptions)
        {
            renewed.Add(Subscriptions.Renew(subscription));
            _journal?.PutSubscription(renewed[^1]);
            _journal?.RemoveSubscription(subscription.Version);
        }

        Effect(SessionEffect.EnterNode(entered with { Subscriptions = renewed }, Incarnation));
    }

    private void LeaveNode()
    {
        // A connection that was never accepted has entered nowhere.
        if (!_attaching && NodeSubscriptionsOf(_connection) is { } left) Effect(SessionEffect.LeaveNode(left, Incarnation));
    }

    private NodeSubscriptions? NodeSubscriptionsOf(ISessionConnection? connection)
    {
        if (connection is null) return null;
        List<Subscription>? found = null;
        foreach (var subscription in Subscriptions.Items)
        {
            if (SysTopic.IsIn(subscription.Filter.MatchUtf8.Span)) (found ??= []).Add(subscription);
        }

        return found is null ? null : new NodeSubscriptions(connection, found);
    }
}
