using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Sessions;

/// <summary>SUBSCRIBE and UNSUBSCRIBE around the shards that hold the routes (invariant B13).</summary>
public sealed partial class Session
{
    /// <summary>SUBSCRIBE begins: what the shards bring from now on waits until SUBACK has been appended.</summary>
    public void BeginSubscribe() => _holds++;

    /// <summary>Adds or replaces a subscription as pending; null when the session has ended, or has as many as it may.</summary>
    public Subscription? Subscribe(TopicFilter filter, SubscriptionOptions options, out ulong number)
    {
        number = 0;
        if (!Exists) return null;
        if (!Subscriptions.TryGet(filter, out var replaced) && Subscriptions.Count >= _limits.MaxSubscriptionsPerSession) return null;
        var subscription = Subscriptions.Put(filter, options);
        number = _journal?.PutSubscription(subscription) ?? 0;
        if (replaced is not null) _journal?.RemoveSubscription(replaced.Version);
        // The one before it is held no more.
        if (replaced is { ReplacedVersion: not 0 }) DropRetained(replaced.ReplacedVersion);
        return subscription;
    }

    /// <summary>Every shard has the route, and SUBACK, which comes next, says so.</summary>
    public void Confirm(Subscription subscription)
    {
        subscription.IsAnswered = true;
        Registered(subscription);
    }

    /// <summary>Every shard has the route, and there is nobody to be told.</summary>
    public void Registered(Subscription subscription)
    {
        if (subscription.State != SubscriptionState.Pending) return;
        subscription.State = SubscriptionState.Active;
        _journal?.PutSubscription(subscription);
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
    /// flight stays [MQTT5-3.10.4-3] [MQTT311-3.10.4-3]. Its record stays until <see cref="Forget"/>.
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
        DropRetained(subscription.Version);
        if (subscription.ReplacedVersion != 0) DropRetained(subscription.ReplacedVersion);
        number = _journal?.PutSubscription(subscription) ?? 0;
    }

    /// <summary>Every shard has confirmed that the route of an ended subscription is gone.</summary>
    public void Forget(Subscription subscription) => _journal?.RemoveSubscription(subscription.Version);
}
