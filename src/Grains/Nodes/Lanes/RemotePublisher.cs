using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>Stands for the publishers of messages that came from another silo: tells that silo when all parts of one are settled here.</summary>
internal sealed class RemotePublisher(SiloAddress source, NodeSenders senders) : IPublisher
{
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
