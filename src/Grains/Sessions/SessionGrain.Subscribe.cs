using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions;

/// <summary>SUBSCRIBE and UNSUBSCRIBE: the session first, then the shards, then the answer (invariant B13).</summary>
internal sealed partial class SessionGrain
{
    /// <summary>A filter of a SUBSCRIBE on its way through the shards.</summary>
    private sealed record Wish(int Index, Subscription Subscription, bool Existed);

    /// <summary>
    /// (1) the filters become pending in the session, deliveries wait; (2) commit; (3) every shard takes its routes and gives
    /// the retained messages; (4) SUBACK, then retained, then live messages, in one turn.
    /// </summary>
    public async ValueTask SubscribeAsync(SubscribeRequest request)
    {
        var codes = Array.ConvertAll(request.Filters, static filter => filter.Refusal);
        var wishes = new List<Wish>(request.Filters.Length);
        var connection = await BeginSubscribeAsync(request, codes, wishes);
        if (connection is null) return;
        foreach (var (wish, outcome) in await RegisterAllAsync(wishes)) codes[wish.Index] = outcome;
        await _monitor.RunAsync(session => Run(() =>
        {
            foreach (var wish in wishes) Settle(session, wish, codes[wish.Index]);
            if (!session.IsCurrent(connection)) return;
            // One reason code for each filter, in order [MQTT5-3.9.3-1] [MQTT311-3.9.3-1].
            connection.SubAck(new SubAckPacket { PacketIdentifier = request.PacketIdentifier, ReasonCodes = codes });
            session.CompleteSubscribe(connection, services.Session.Clock.NowMilliseconds);
        }));
    }

    public async ValueTask UnsubscribeAsync(UnsubscribeRequest request)
    {
        var codes = (ReasonCode[])request.Refusals.Clone();
        var removed = new List<Subscription>(request.Filters.Length);
        ulong number = 0;
        var (connection, incarnation) = await _monitor.RunAsync(session =>
        {
            if (Current(session, request.Gateway, request.ConnectionId) is not { } current) return ((ISessionConnection?)null, 0L);
            for (var i = 0; i < codes.Length; i++)
            {
                if (codes[i] != ReasonCode.Success) continue;
                // [MQTT5-3.11.3-2] and 0x11 where there was none; 3.x has no codes.
                if (session.Unsubscribe(TopicFilter.Parse(request.Filters[i]), out var at) is { } subscription) removed.Add(subscription);
                else codes[i] = ReasonCode.NoSubscriptionExisted;
                number = Math.Max(number, at);
            }

            return ((ISessionConnection?)current, session.Incarnation);
        });
        if (connection is null) return;
        // Nothing more is accepted by these subscriptions; their routes go in the background until every shard has confirmed.
        if (removed.Count > 0) _ = RemoveRoutesAsync(removed, incarnation);
        if (!await IsStoredAsync(number)) return;
        await _monitor.RunAsync(session => Run(() =>
        {
            if (session.IsCurrent(connection)) connection.UnsubAck(new UnsubAckPacket { PacketIdentifier = request.PacketIdentifier, ReasonCodes = codes });
        }));
    }

    private async Task<ISessionConnection?> BeginSubscribeAsync(SubscribeRequest request, ReasonCode[] codes, List<Wish> wishes)
    {
        ulong number = 0;
        var connection = await _monitor.RunAsync(session =>
        {
            if (Current(session, request.Gateway, request.ConnectionId) is not { } current) return null;
            session.BeginSubscribe();
            for (var i = 0; i < codes.Length; i++)
            {
                if (codes[i] != ReasonCode.Success) continue;
                var filter = request.Filters[i];
                var options = new SubscriptionOptions(
                    (QoS)filter.QoS, filter.NoLocal, filter.RetainAsPublished, (RetainHandling)filter.RetainHandling, request.SubscriptionIdentifier);
                var subscription = session.Subscribe(TopicFilter.Parse(filter.Filter), options, out var existed, out var at);
                if (subscription is null) codes[i] = ReasonCode.QuotaExceeded;
                else wishes.Add(new Wish(i, subscription, existed));
                number = Math.Max(number, at);
            }

            return current;
        });
        if (connection is null || await IsStoredAsync(number)) return connection;
        foreach (var wish in wishes) codes[wish.Index] = ReasonCode.UnspecifiedError;
        return connection;
    }

    private async Task<IReadOnlyList<(Wish Wish, ReasonCode Outcome)>> RegisterAllAsync(List<Wish> wishes)
    {
        var outcomes = new List<(Wish, ReasonCode)>(wishes.Count);
        foreach (var wish in wishes) outcomes.Add((wish, await RegisterAsync(wish.Subscription, SendsRetained(wish)) ? Granted(wish) : ReasonCode.ImplementationSpecificError));
        return outcomes;
    }

    private async Task<bool> RegisterAsync(Subscription subscription, bool sendRetained)
    {
        try
        {
            var (incarnation, isDurable) = await _monitor.RunAsync(static session => (session.Incarnation, session.IsDurable));
            await services.Session.Routes
                .RegisterAsync(ClientId, incarnation, isDurable, subscription, sendRetained)
                .WaitAsync(services.Timing.SubscribeTimeout, services.Session.Clock.TimeProvider);
            return true;
        }
        catch (Exception exception)
        {
            // One shard that is not reached in time, for whatever reason, and the filter is refused as a whole.
            LogShardsFailed(exception, ClientId);
            return false;
        }
    }

    private void Settle(Session session, Wish wish, ReasonCode code)
    {
        if (code < ReasonCode.UnspecifiedError)
        {
            session.Confirm(wish.Subscription);
            return;
        }

        var incarnation = session.Incarnation;
        session.Remove(wish.Subscription, out _);
        _ = RemoveRoutesAsync([wish.Subscription], incarnation);
    }

    private async Task RemoveRoutesAsync(List<Subscription> subscriptions, long incarnation)
    {
        await services.Session.Routes.RemoveAsync(ClientId, incarnation, subscriptions);
        await _monitor.RunAsync(session => Run(() => subscriptions.ForEach(session.Forget)));
    }

    /// <summary>Retain Handling [MQTT5-3.3.1-9] to [MQTT5-3.3.1-11]; never for a shared subscription (MQTT5 section 4.8.2).</summary>
    private static bool SendsRetained(Wish wish) => !wish.Subscription.Filter.IsShared && wish.Subscription.Options.RetainHandling switch
    {
        RetainHandling.SendAtSubscribe => true,
        RetainHandling.SendIfNewSubscription => !wish.Existed,
        _ => false,
    };

    private static ReasonCode Granted(Wish wish) => (ReasonCode)wish.Subscription.Options.QoS;

    /// <summary>The request's connection while it is the session's: what an ended one still asked for is nobody's wish any more.</summary>
    private ISessionConnection? Current(Session session, SiloAddress gateway, long connectionId) =>
        _monitor.Connection is { } connection && session.IsCurrent(connection) && IsSame(connection, connectionId, gateway) ? connection : null;
}
