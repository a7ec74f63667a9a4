namespace OrleansBroker.Broker.Subscriptions;

/// <summary>Where the answer to a shared offer goes: the group, by way of its shard's monitor.</summary>
public interface ISharedGroup
{
    /// <summary>The group can still be reached with a message that a member has queued.</summary>
    bool TakesReturns { get; }

    void Answered(SharedOffer offer, OfferAnswer answer);
}
