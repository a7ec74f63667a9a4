using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Routing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>The session's routes to <c>$SYS</c> follow its connection from node to node (ADR 0009).</summary>
internal sealed partial class SessionMonitor
{
    private static readonly TimeSpan RegisterAgainDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Read without entering: each number is as of some moment just now.</summary>
    public SessionLoad Load => new(
        _session.Exists, _session.IsConnected, _session.IsDurable, _session.Subscriptions.Count, _session.Subscriptions.SharedCount, _session.QueuedCount, _session.QueuedBytes);

    /// <summary>A hint: a session that is not durable has routes that no journal has.</summary>
    public bool MayHoldTransientRoutes => _session is { Exists: true, IsDurable: false, Subscriptions.Count: > 0 };

    /// <summary>The connection's node lets routes go; in the background.</summary>
    public void LeaveNode(IReadOnlyList<Subscription> subscriptions, long incarnation, ISessionConnection connection)
    {
        if (subscriptions.Count > 0) _ = _services.Routes.RemoveAsync(Identity.ClientId, incarnation, subscriptions, connection);
    }

    /// <summary>The connection's node takes routes while the connection lasts; in the background.</summary>
    private void EnterNode(IReadOnlyList<Subscription> subscriptions, long incarnation, ISessionConnection connection) =>
        _ = Task.Run(() => EnterNodeAsync(subscriptions, incarnation, connection));

    private async Task EnterNodeAsync(IReadOnlyList<Subscription> subscriptions, long incarnation, ISessionConnection connection)
    {
        var wishes = subscriptions.Select(static subscription => new RouteWish(subscription, SendRetained: false)).ToArray();
        while (true)
        {
            var registered = await _services.Routes.RegisterAsync(Identity.ClientId, incarnation, isDurable: false, wishes, connection, RegisterLimit);
            // What ended while the routes were on their way may have been removed before they arrived.
            var ended = await RunAsync(session => Ended(session, subscriptions, incarnation, connection));
            LeaveNode(ended, incarnation, connection);
            if (ended.Count == subscriptions.Count || Array.TrueForAll(registered.IsRegistered, static isRegistered => isRegistered)) return;
            await Task.Delay(RegisterAgainDelay, _services.Clock.TimeProvider);
        }
    }

    private static List<Subscription> Ended(Session session, IReadOnlyList<Subscription> subscriptions, long incarnation, ISessionConnection connection)
    {
        var isHere = session.Incarnation == incarnation && session.IsCurrent(connection);
        return [.. subscriptions.Where(subscription => !isHere || subscription.State == SubscriptionState.Removing)];
    }
}
