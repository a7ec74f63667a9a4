using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>Stands for a shared group on another silo: sends a member's answer back.</summary>
internal sealed class RemoteGroup(SiloAddress source, long token, NodeSenders senders) : ISharedGroup
{
    /// <summary>Between silos a message that a member has queued stays with it until the lanes can carry it back ([nodes]).</summary>
    public bool TakesReturns => false;

    public void Answered(SharedOffer offer, OfferAnswer answer) =>
        senders.Send(source, new NodeItem { Kind = NodeItemKind.OfferAnswer, Token = token, Number = (uint)answer });
}
