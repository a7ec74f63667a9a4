namespace OrleansBroker.Broker.Subscriptions;

/// <summary>Where the answer to a shared offer goes: the group, by way of its shard's monitor.</summary>
public interface ISharedGroup
{
    void Answered(SharedOffer offer, OfferAnswer answer);
}
