using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Sessions;

/// <summary>SUBSCRIBE and UNSUBSCRIBE around the shards that hold the routes (invariant B13).</summary>
public sealed partial class Session
{
    /// <summary>SUBSCRIBE begins: what the shards bring from now on waits until SUBACK has been appended.</summary>
    public void BeginSubscribe() => _holds++;

    /// <summary>Adds or replaces a subscription as pending; null when the session has as many as it may.</summary>
    /// <param name="existed">The filter was subscribed before (Retain Handling 1).</param>
    public Subscription? Subscribe(TopicFilter filter, SubscriptionOptions options, out bool existed, out ulong number)
    {
        number = 0;
        existed = Subscriptions.TryGet(filter, out _);
        if (!existed && Subscriptions.Count >= _limits.MaxSubscriptionsPerSession) return null;
        var subscription = Subscriptions.Put(filter, options);
        number = _journal?.PutSubscription(subscription) ?? 0;
        return subscription;
    }

    /// <summary>Every shard has the route.</summary>
    public void Confirm(Subscription subscription)
    {
        if (subscription.State != SubscriptionState.Pending) return;
        subscription.State = SubscriptionState.Active;
        _journal?.PutSubscription(subscription);
        RemoveReplaced(subscription);
    }

    /// <summary>SUBACK has been appended: retained messages, then live ones, may go.</summary>
    public void CompleteSubscribe(ISessionConnection connection, long nowMilliseconds)
    {
        if (!IsCurrent(connection)) return;
        _holds--;
        Pump(nowMilliseconds);
    }

    /// <summary>
    /// Ends a subscription: nothing more is accepted by it [MQTT5-3.10.4-2] [MQTT311-3.10.4-2]. What is queued or in
    /// flight stays [MQTT5-3.10.4-3]. Its record stays until <see cref="Forget"/>.
    /// </summary>
    /// <returns>Null when there is no such subscription.</returns>
    public Subscription? Unsubscribe(TopicFilter filter, out ulong number)
    {
        number = 0;
        if (!Subscriptions.TryGet(filter, out var subscription)) return null;
        Remove(subscription, out number);
        return subscription;
    }

    /// <summary>A subscription whose shards could not all be reached: ends like by UNSUBSCRIBE.</summary>
    public void Remove(Subscription subscription, out ulong number)
    {
        subscription.State = SubscriptionState.Removing;
        Subscriptions.Remove(subscription);
        number = _journal?.PutSubscription(subscription) ?? 0;
        RemoveReplaced(subscription);
    }

    /// <summary>Every shard has confirmed that the route of an ended subscription is gone.</summary>
    public void Forget(Subscription subscription) => _journal?.RemoveSubscription(subscription.Version);

    /// <summary>Another member of the group has come: what waits here without identifier goes back (invariant B19).</summary>
    public void ReturnShared(uint version)
    {
        if (_connection is not null) return;
        Return(_queue.TakeWhere(version, static (wanted, message) => message.Offer is { Group.TakesReturns: true } offer && offer.Match.Grants[0].Version == wanted));
    }

    /// <summary>The record of what the subscription replaced stayed until its successor was settled: left, a replay would bring it back.</summary>
    private void RemoveReplaced(Subscription subscription)
    {
        if (subscription.ReplacedVersion != 0) _journal?.RemoveSubscription(subscription.ReplacedVersion);
    }

    private void ReturnAllShared() => Return(_queue.Count == 0 ? [] : _queue.TakeWhere(0, static (_, message) => message.Offer is { Group.TakesReturns: true }));

    private void Return(List<OutboundMessage> messages)
    {
        foreach (var message in messages)
        {
            if (message.Record != 0) _journal?.RemoveMessage(message.Sequence, message.Record, 0);
            message.Part?.Settle(Messages.PartOutcome.Done);
            Effect(SessionEffect.Return(message.Offer!));
        }
    }
}
