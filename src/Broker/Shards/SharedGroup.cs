using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Shards;

/// <summary>
/// One shared subscription in a shard: each message is offered to one connected member after the other, in turn; when all have declined,
/// or none is connected, it is offered as the last resort (invariant B19).
/// </summary>
public sealed class SharedGroup(Action<SharedOffer, OfferAnswer> answered, BrokerCounters counters) : ISharedGroup
{
    private readonly List<Member> _members = [];
    private int _next;

    /// <inheritdoc/>
    public bool TakesReturns => true;

    public int Count => _members.Count;

    public Route? Of(string clientId) => IndexOf(clientId) is var index and >= 0 ? _members[index].Route : null;

    /// <summary>Puts the member's route and answers the one that it replaces.</summary>
    public Route? Put(Route route)
    {
        var index = IndexOf(route.Receiver.ClientId);
        var replaced = index < 0 ? null : _members[index].Route;
        var member = new Member(route, new RouteMatch(route.Receiver, route.Incarnation, [route.Grant]));
        if (index < 0) _members.Add(member);
        else _members[index] = member;
        if (route.Receiver.IsConnected) MemberConnected(route.Receiver.ClientId);
        return replaced;
    }

    public void Remove(string clientId) => _members.RemoveAll(member => member.Receiver.ClientId == clientId);

    /// <summary>A member can take messages now: what the others hold for want of a connection comes back.</summary>
    public void MemberConnected(string clientId)
    {
        foreach (var member in _members)
        {
            if (!member.Receiver.IsConnected && member.Receiver.ClientId != clientId) member.Receiver.ReturnShared(member.Route.Grant.Version);
        }
    }

    /// <summary>Offers a message to the group; the caller has opened its part.</summary>
    public void Offer(Publication publication) => Next(new SharedOffer(publication, this));

    /// <inheritdoc/>
    public void Answered(SharedOffer offer, OfferAnswer answer)
    {
        // Accepted needs no turn of the shard: the member settles.
        if (answer != OfferAnswer.Accepted) answered(offer, answer);
    }

    /// <summary>The next member, in the shard's turn; called for every message and again for every refusal.</summary>
    public void Next(SharedOffer offer)
    {
        var member = Pick(offer);
        if (member is null && !offer.IsLastResort)
        {
            offer.BecomeLastResort();
            member = Pick(offer);
        }

        if (member is null)
        {
            counters.Drop(DropReason.NoSharedMember);
            offer.Publication.Settle(PartOutcome.NoReceiver);
            return;
        }

        offer.Match = member;
        member.Receiver.Offer(offer);
    }

    /// <summary>Begins anew with a message that a member gave back.</summary>
    public void OfferAgain(SharedOffer returned) => Next(new SharedOffer(returned.Publication, this));

    /// <summary>
    /// In turn, among those who have not refused: the next member that is connected and has nothing queued, else the next connected one, else,
    /// as the last resort, the next. A connected member with a full window takes the message into its queue: were it to decline, later
    /// messages would overtake those offered again.
    /// </summary>
    private RouteMatch? Pick(SharedOffer offer)
    {
        var best = -1;
        var bestRank = offer.IsLastResort ? -1 : 0;
        for (var i = 0; i < _members.Count && bestRank < BestRank; i++)
        {
            var index = (_next + i) % _members.Count;
            var receiver = _members[index].Receiver;
            var rank = Rank(receiver);
            if (rank <= bestRank || offer.IsRefusedBy(receiver.ClientId)) continue;
            best = index;
            bestRank = rank;
        }

        if (best < 0) return null;
        _next = (best + 1) % _members.Count;
        return _members[best].Match;
    }

    private int IndexOf(string clientId) => _members.FindIndex(member => member.Receiver.ClientId == clientId);

    private const int BestRank = 2;

    private static int Rank(IReceiver receiver) => !receiver.IsConnected ? 0 : receiver.HasBacklog ? 1 : BestRank;

    /// <summary>A route with what every message to it is offered by.</summary>
    private readonly record struct Member(Route Route, RouteMatch Match)
    {
        public IReceiver Receiver => Route.Receiver;
    }
}
