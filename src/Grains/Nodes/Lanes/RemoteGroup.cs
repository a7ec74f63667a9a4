using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>Stands for a shared group on another silo: sends a member's answer back.</summary>
internal sealed class RemoteGroup(SiloAddress source, long token, NodeSenders senders) : ISharedGroup
{
    public void Answered(SharedOffer offer, OfferAnswer answer)
    {
        if (source.Equals(senders.Self)) senders.Outstanding.Answered(token, answer);
        else senders.Send(source, new NodeItem { Kind = NodeItemKind.OfferAnswer, Token = token, Number = (uint)answer });
    }
}
