namespace OrleansBroker.Broker.Subscriptions;

/// <summary>Where a subscription stands between the session, which is the authority, and the shards, which hold routes.</summary>
public enum SubscriptionState : byte
{
    /// <summary>Held by the session; not yet confirmed by every shard, SUBACK not sent.</summary>
    Pending,

    /// <summary>Confirmed by every shard; SUBACK sent.</summary>
    Active,

    /// <summary>Ended for the client; routes are being removed and what they still bring is refused as gone.</summary>
    Removing,
}
