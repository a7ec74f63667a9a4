using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>A session as shards see it: keeps what it is given; the test settles and answers.</summary>
internal sealed class FakeReceiver(string clientId) : IReceiver
{
    public string ClientId { get; } = clientId;

    public bool HasBacklog { get; set; }

    public bool IsConnected { get; set; } = true;

    public bool IsRemote { get; set; }

    public int Routes { get; private set; }

    public List<(Publication Publication, RouteMatch Match)> Delivered { get; } = [];

    public List<SharedOffer> Offers { get; } = [];

    public List<RetainedBatch> Batches { get; } = [];

    public List<uint> Returns { get; } = [];

    public void RouteAdded() => Routes++;

    public void RouteRemoved() => Routes--;

    public void Deliver(Publication publication, RouteMatch match)
    {
        publication.Keep();
        Delivered.Add((publication, match));
    }

    public void Offer(SharedOffer offer) => Offers.Add(offer);

    public void DeliverRetained(RetainedBatch batch) => Batches.Add(batch);

    public void ReturnShared(uint version) => Returns.Add(version);
}
