using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Grains.Tests.Topics;

/// <summary>Counts what is delivered, and may fail at it.</summary>
internal sealed class CountingReceiver(string clientId, Action onDelivery) : IReceiver
{
    public string ClientId => clientId;

    public bool IsConnected => true;

    public bool IsRemote => false;

    public bool HasBacklog => false;

    public void RouteAdded()
    {
    }

    public void RouteRemoved()
    {
    }

    public void Deliver(Publication publication, RouteMatch match)
    {
        onDelivery();
        publication.Settle(PartOutcome.Done);
    }

    public void Offer(SharedOffer offer) => throw new NotSupportedException();

    public void DeliverRetained(RetainedBatch batch) => throw new NotSupportedException();

    public void ReturnShared(uint version) => throw new NotSupportedException();
}
