using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions;

/// <summary>SUBSCRIBE and UNSUBSCRIBE: the session first, then the shards, then the answer (invariant B13).</summary>
internal sealed partial class SessionGrain
{
    /// <summary>
    /// (1) the filters become pending in the session, deliveries wait; (2) commit; (3) every shard takes its routes and gives
    /// the retained messages; (4) SUBACK, then retained, then live messages, in one turn.
    /// </summary>
    public async ValueTask<bool> SubscribeAsync(SubscribeRequest request)
    {
        var codes = Array.ConvertAll(request.Filters, static filter => filter.Refusal);
        var begun = await _monitor.RunAsync(session => Current(session, request.Gateway, request.ConnectionId) is { } current
            ? Begin(session, current, request.Filters, request.SubscriptionIdentifier, codes)
            : null);
        if (begun is not { Connection: { } connection } subscribe) return false;
        var registration = await RegisterAsync(subscribe);
        return await AnswerAsync(session =>
        {
            if (!Settle(session, subscribe, registration, codes)) return false;
            // One reason code for each filter, in order [MQTT5-3.8.4-6] [MQTT5-3.9.3-1] [MQTT311-3.8.4-5] [MQTT311-3.9.3-1], and the identifier of
            // the SUBSCRIBE [MQTT5-2.2.1-6] [MQTT5-3.8.4-1] [MQTT5-3.8.4-2] [MQTT311-2.3.1-7] [MQTT311-3.8.4-1] [MQTT311-3.8.4-2].
            SubAck(session, subscribe, new SubAckPacket { PacketIdentifier = request.PacketIdentifier, ReasonCodes = codes });
            session.CompleteSubscribe(connection, services.Session.Clock.NowMilliseconds);
            return true;
        });
    }

    /// <summary>What is not stored is not registered either: SUBACK promises both.</summary>
    private async Task<Registration> RegisterAsync(Subscribe subscribe) => await IsStoredAsync(subscribe.Number)
        ? await services.Session.Routes.RegisterAsync(
            ClientId, subscribe.Incarnation, subscribe.IsDurable, subscribe.Wishes.ConvertAll(static wish => wish.Route), subscribe.Connection, services.Timing.SubscribeTimeout)
        : new Registration(new bool[subscribe.Wishes.Count], null) { IsStored = false };

    /// <summary>False when there is no connection, any more, to be told of it.</summary>
    private bool Settle(Session session, Subscribe subscribe, in Registration registration, ReasonCode[] codes)
    {
        var wishes = subscribe.Wishes;
        for (var i = 0; i < wishes.Count; i++) codes[wishes[i].Index] = Settle(session, wishes[i].Route.Subscription, subscribe, registration.IsRegistered[i]);
        if (subscribe.Connection is not { } connection) return false;
        if (!session.IsCurrent(connection))
        {
            // Gone while the routes were on their way: what its node took after it had been left is removed again.
            _monitor.LeaveNode(wishes.ConvertAll(static wish => wish.Route.Subscription).FindAll(IsOfNode), subscribe.Incarnation, connection);
            return false;
        }

        if (registration.Retained is { } retained) _monitor.OweRetained(connection, retained);
        return true;
    }

    public async ValueTask<bool> UnsubscribeAsync(UnsubscribeRequest request)
    {
        var codes = (ReasonCode[])request.Refusals.Clone();
        var (connection, removed, number) = await _monitor.RunAsync(session => Unsubscribe(session, request, codes));
        // Nothing more is accepted by these subscriptions; their routes go in the background until every shard has confirmed.
        if (connection is null || !await IsStoredAsync(number)) return connection is not null;
        return await AnswerAsync(session =>
        {
            if (!session.IsCurrent(connection)) return false;
            // Also when nothing was deleted [MQTT5-3.10.4-4] [MQTT5-3.10.4-5] [MQTT311-3.10.4-4] [MQTT311-3.10.4-5].
            var packet = new UnsubAckPacket { PacketIdentifier = request.PacketIdentifier, ReasonCodes = codes };
            if (connection is RemoteConnection remote && !session.IsDurable) remote.UnsubAck(packet, removed.Select(static subscription => subscription.Version));
            else connection.UnsubAck(packet);
            return true;
        });
    }

    private static Subscribe Begin(Session session, ISessionConnection? connection, FilterRequest[] filters, uint identifier, ReasonCode[] codes)
    {
        var wishes = new List<Wish>(codes.Length);
        ulong number = 0;
        if (connection is not null) session.BeginSubscribe();
        // One after the other, as if each had come alone [MQTT5-3.8.4-5] [MQTT311-3.8.4-4].
        for (var i = 0; i < codes.Length; i++)
        {
            if (codes[i] != ReasonCode.Success) continue;
            var filter = filters[i];
            var options = new SubscriptionOptions((QoS)filter.QoS, filter.NoLocal, filter.RetainAsPublished, (RetainHandling)filter.RetainHandling, identifier);
            var subscription = session.Subscribe(TopicFilter.Parse(filter.Filter), options, out var existed, out var at);
            if (subscription is null) codes[i] = ReasonCode.QuotaExceeded;
            else wishes.Add(new Wish(i, new RouteWish(subscription, SendsRetained(subscription, existed)), existed));
            number = Math.Max(number, at);
        }

        return new Subscribe(connection, wishes, number, session.Incarnation, session.IsDurable);
    }

    private (ISessionConnection? Connection, List<Subscription> Removed, ulong Number) Unsubscribe(Session session, UnsubscribeRequest request, ReasonCode[] codes)
    {
        if (Current(session, request.Gateway, request.ConnectionId) is not { } connection) return (null, [], 0);
        var removed = new List<Subscription>(codes.Length);
        ulong number = 0;
        // One after the other, as if each had come alone [MQTT5-3.10.4-6] [MQTT311-3.10.4-6].
        for (var i = 0; i < codes.Length; i++)
        {
            if (codes[i] != ReasonCode.Success) continue;
            // [MQTT5-3.11.3-2] and 0x11 where there was none; 3.x has no codes.
            if (session.Unsubscribe(TopicFilter.Parse(request.Filters[i]), out var at) is { } subscription) removed.Add(subscription);
            else codes[i] = ReasonCode.NoSubscriptionExisted;
            number = Math.Max(number, at);
        }

        if (removed.Count > 0) _monitor.RemoveRoutes(removed, session.Incarnation, connection);
        return (connection, removed, number);
    }

    /// <summary>The gateway of another silo is told what it must know should this silo die: of a transient session nothing else knows it.</summary>
    private static void SubAck(Session session, Subscribe subscribe, SubAckPacket packet)
    {
        if (subscribe.Connection is not RemoteConnection remote || session.IsDurable)
        {
            subscribe.Connection!.SubAck(packet);
            return;
        }

        remote.SubAck(packet, subscribe.Held, subscribe.Ended);
    }

    /// <summary>What SUBACK says of the filter. A failed one ends like by UNSUBSCRIBE: a route that comes late is refused as gone.</summary>
    private ReasonCode Settle(Session session, Subscription subscription, Subscribe subscribe, bool isRegistered)
    {
        if (isRegistered)
        {
            session.Confirm(subscription);
            return (ReasonCode)subscription.Options.QoS; // [MQTT5-3.8.4-7]
        }

        // The session may have ended meanwhile, which has removed the subscription; the route may have come after that.
        if (session.Incarnation == subscribe.Incarnation) session.Remove(subscription, out _);
        _monitor.RemoveRoutes([subscription], subscribe.Incarnation, subscribe.Connection);
        return ReasonCode.ImplementationSpecificError;
    }

    private static bool IsOfNode(Subscription subscription) => SysTopic.IsIn(subscription.Filter.MatchUtf8.Span);

    /// <summary>Retain Handling [MQTT5-3.3.1-9] to [MQTT5-3.3.1-11]; never for a shared subscription (MQTT5 section 4.8.2).</summary>
    private static bool SendsRetained(Subscription subscription, bool existed) => !subscription.Filter.IsShared && subscription.Options.RetainHandling switch
    {
        RetainHandling.SendAtSubscribe => true, // [MQTT5-3.8.4-4] [MQTT311-3.3.1-6]
        RetainHandling.SendIfNewSubscription => !existed, // [MQTT5-3.3.1-10]
        _ => false,
    };

    /// <summary>The connection that a request came from, while it is the session's: what comes late from an older one changes nothing.</summary>
    private ISessionConnection? Current(Session session, SiloAddress gateway, long connectionId) =>
        _monitor.Connection is { } connection && session.IsCurrent(connection) && IsSame(connection, connectionId, gateway) ? connection : null;

    /// <summary>A filter of a SUBSCRIBE on its way through the shards, and its place in the packet.</summary>
    private sealed record Wish(int Index, RouteWish Route, bool Existed);

    /// <summary>A SUBSCRIBE between its two turns.</summary>
    /// <param name="Connection">Null for an administrator's, of a session that has none.</param>
    private sealed record Subscribe(ISessionConnection? Connection, List<Wish> Wishes, ulong Number, long Incarnation, bool IsDurable)
    {
        /// <summary>What the session holds by it.</summary>
        public IEnumerable<Subscription> Held => Wishes.Select(static wish => wish.Route.Subscription).Where(static subscription => subscription.State == SubscriptionState.Active);

        /// <summary>Versions that it holds no more.</summary>
        public IEnumerable<uint> Ended => Wishes.Select(static wish => wish.Route.Subscription)
            .Where(static subscription => subscription.State == SubscriptionState.Removing).SelectMany(static subscription => new[] { subscription.Version, subscription.ReplacedVersion });
    }
}
