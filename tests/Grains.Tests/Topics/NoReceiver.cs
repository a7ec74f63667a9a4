using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Grains.Tests.Topics;

/// <summary>A name without a session.</summary>
internal sealed class NoReceiver(string clientId) : IReceiver
{
    public string ClientId => clientId;

    public bool IsConnected => false;

    public bool IsRemote => false;

    public bool HasBacklog => false;

    public void RouteAdded() => throw new NotSupportedException();

    public void RouteRemoved() => throw new NotSupportedException();

    public void Deliver(Publication publication, RouteMatch match) => throw new NotSupportedException();

    public void Offer(SharedOffer offer) => throw new NotSupportedException();

    public void DeliverRetained(RetainedBatch batch) => throw new NotSupportedException();

    public void ReturnShared(uint version) => throw new NotSupportedException();
}
