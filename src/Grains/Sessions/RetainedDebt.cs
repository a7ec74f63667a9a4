using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Routing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// What SUBACKs have promised of retained messages that may not have come from the shards' silos yet (invariant B3). Each silo is asked to say when they have; those of a silo that has
/// died are asked of their shards again, until they have come, the connection has ended or the subscription has. Only then the session says that all have been sent.
/// State is used under the session's monitor. No more stands here than the session has subscriptions, those that are being replaced included.
/// </summary>
internal sealed class RetainedDebt(SessionMonitor monitor, SessionServices services, ISessionConnection connection, long incarnation, bool isDurable)
{
    /// <summary>Of one attempt: an unreachable shard is asked again.</summary>
    private static readonly TimeSpan RegisterLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<uint, Owed> _owed = [];

    /// <summary>Somebody is after what these silos have; null stands for what nobody has yet.</summary>
    private readonly HashSet<SiloAddress?> _followed = [];

    public bool IsTo(ISessionConnection other) => ReferenceEquals(connection, other);

    /// <summary>Under the monitor.</summary>
    public void Add(Session session, IEnumerable<RetainedGiven> given)
    {
        DropEnded(session);
        foreach (var item in given) Put(item);
    }

    private void Put(in RetainedGiven given)
    {
        var version = given.Subscription.Version;
        if (!_owed.TryGetValue(version, out var owed)) _owed[version] = owed = new Owed(given.Subscription, []);
        owed.Silos[given.Shard] = given.Silo;
        var silo = given.Silo;
        if (_followed.Add(silo)) _ = Task.Run(() => FollowAsync(silo));
    }

    private async Task FollowAsync(SiloAddress? silo)
    {
        while (await monitor.RunAsync(session => Take(session, silo)) is { Count: > 0 } taken)
        {
            if (silo is null || services.Senders.IsDead(silo)) await Task.WhenAll(taken.GroupBy(static item => item.Shard).Select(shard => AskAgainAsync(shard.Key, [.. shard])));
            else if (await IsDeliveredAsync(silo)) await monitor.RunAsync(session => Came(session, taken));
            else await Task.Delay(RetryDelay, services.Clock.TimeProvider);
        }
    }

    private List<RetainedGiven> Take(Session session, SiloAddress? silo)
    {
        if (IsCurrent(session)) DropEnded(session);
        else _owed.Clear();
        var taken = new List<RetainedGiven>();
        foreach (var owed in _owed.Values) taken.AddRange(owed.Silos.Where(entry => Equals(entry.Value, silo)).Select(entry => new RetainedGiven(entry.Key, silo, owed.Subscription)));
        if (taken.Count > 0) return taken;
        _followed.Remove(silo);
        if (_followed.Count == 0) monitor.RetainedCame(this);
        return taken;
    }

    /// <summary>False when it is to be asked again: the answer takes as long as the silo takes, a call less.</summary>
    private async Task<bool> IsDeliveredAsync(SiloAddress silo)
    {
        try
        {
            if (silo.Equals(services.Senders.Self)) await services.Detours.ReachedAsync(monitor.Identity);
            else await services.Senders.Client.For(silo).DeliveredAsync(monitor.Identity.ClientId);
            // What a silo says that has been declared dead is not to be relied on: nothing has been taken from it since.
            return !services.Senders.IsDead(silo);
        }
        catch (Exception)
        {
            // Whatever the call failed of: time, the silo's death, or the way to it.
            return false;
        }
    }

    private async Task AskAgainAsync(int shard, List<RetainedGiven> asked)
    {
        var subscriptions = asked.ConvertAll(static item => item.Subscription);
        var (isRegistered, giver) = await services.Routes.AskAgainAsync(shard, monitor.Identity.ClientId, incarnation, isDurable, subscriptions, connection, RegisterLimit);
        if (isRegistered) await monitor.RunAsync(session => Asked(session, asked, giver));
        else await Task.Delay(RetryDelay, services.Clock.TimeProvider);
    }

    private bool Asked(Session session, List<RetainedGiven> asked, SiloAddress? giver)
    {
        if (giver is null) Came(session, asked);
        foreach (var item in asked)
        {
            if (giver is not null && _owed.ContainsKey(item.Subscription.Version)) Put(item with { Silo = giver });
        }

        // What ended while the route was on its way may have been removed before it arrived.
        var ended = asked.ConvertAll(static item => item.Subscription).FindAll(subscription => session.Incarnation != incarnation || !session.Subscriptions.Holds(subscription.Version));
        if (ended.Count > 0) monitor.RemoveRoutes(ended, incarnation, connection);
        return true;
    }

    private bool Came(Session session, List<RetainedGiven> given)
    {
        foreach (var (shard, silo, subscription) in given)
        {
            if (!_owed.TryGetValue(subscription.Version, out var owed) || !owed.Silos.TryGetValue(shard, out var of) || !Equals(of, silo)) continue;
            owed.Silos.Remove(shard);
            if (owed.Silos.Count == 0) End(session, subscription.Version);
        }

        return true;
    }

    private void DropEnded(Session session)
    {
        foreach (var version in _owed.Keys)
        {
            if (!session.Subscriptions.Holds(version)) End(session, version);
        }
    }

    private void End(Session session, uint version)
    {
        _owed.Remove(version);
        if (IsCurrent(session)) session.RetainedEnds(version);
    }

    private bool IsCurrent(Session session) => !monitor.IsClosed && session.Incarnation == incarnation && session.IsCurrent(connection);

    /// <param name="Silos">By shard.</param>
    private sealed record Owed(Subscription Subscription, Dictionary<int, SiloAddress?> Silos);
}
