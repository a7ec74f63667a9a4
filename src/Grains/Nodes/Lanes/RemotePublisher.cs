using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>Stands for the publishers of messages that came from another silo: tells that silo when all parts of one are settled here.</summary>
/// <param name="series">Of deliveries to a session; null for publications to shards, which no session gets in the order of their tokens.</param>
internal sealed class RemotePublisher(SiloAddress source, DeliverySeries? series, NodeSenders senders) : IPublisher
{
    /// <inheritdoc/>
    public object? Source => series;

    public void Deferred(Publication publication)
    {
        // Admission is with the source; there is nothing to count here.
    }

    public void Settled(Publication publication, ReasonCode reason)
    {
        if (publication.Token == 0) return;
        if (source.Equals(senders.Self)) senders.Outstanding.Done(publication.Token, reason);
        else senders.Send(source, new NodeItem { Kind = NodeItemKind.Done, Token = publication.Token, Reason = reason });
    }
}
