using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Micro.Doubles;

/// <summary>A session that takes everything at once.</summary>
internal sealed class CountingReceiver : IReceiver
{
    public long Count { get; private set; }

    public string ClientId => "receiver";

    public bool IsConnected => true;

    public bool IsRemote => false;

    public bool HasBacklog => false;

    public void RouteAdded() => Count = 0;

    public void RouteRemoved() => Count = 0;

    public void Deliver(Publication publication, RouteMatch match)
    {
        Count++;
        publication.Settle(PartOutcome.Done);
    }

    public void Offer(SharedOffer offer) => Count++;

    public void DeliverRetained(RetainedBatch batch) => Count++;

    public void ReturnShared(uint version) => Count++;
}
