using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>Stands for the publisher of a message that came from another silo: tells that silo when all its parts are settled here.</summary>
/// <param name="isDelivery">What came is a delivery to one session, rather than a publication to a shard.</param>
internal sealed class RemotePublisher(SiloAddress source, NodeSenders senders, bool isDelivery = false) : IPublisher
{
    public object? Source => isDelivery ? source : null;

    public void Deferred(Publication publication)
    {
        // Admission is with the source; there is nothing to count here.
    }

    public void Settled(Publication publication, ReasonCode reason)
    {
        if (publication.Token != 0) senders.Send(source, new NodeItem { Kind = NodeItemKind.Done, Token = publication.Token, Reason = reason });
    }
}
