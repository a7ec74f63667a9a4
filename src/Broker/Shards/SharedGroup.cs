using System.Runtime.InteropServices;
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

    public int Count => _members.Count;

    /// <summary>In no order that means anything.</summary>
    /// <param name="index">0 to the number of members - 1.</param>
    public Route RouteOf(int index) => _members[index].Route;

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

    /// <summary>
    /// A member can take messages now: what the others hold for want of a connection comes back. Of a session on another silo that is known there alone, so
    /// it is asked, but once for what it was offered: members that come one after the other would ask all others each.
    /// </summary>
    public void MemberConnected(string clientId)
    {
        foreach (ref var member in CollectionsMarshal.AsSpan(_members))
        {
            if (!member.MayHold || member.Receiver is { IsConnected: true, IsRemote: false } || member.Receiver.ClientId == clientId) continue;
            member.MayHold = false;
            member.Receiver.ReturnShared(member.Route.Grant.Version);
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

    /// <summary>
    /// In turn, among those who have not refused: the next member that is connected and has nothing queued, else the next connected one, else the next of which
    /// that is not known here, else, as the last resort, the next. A connected member with a full window takes the message into its queue: were it to decline, later
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
        ref var picked = ref CollectionsMarshal.AsSpan(_members)[best];
        picked.MayHold = true;
        return picked.Match;
    }

    private int IndexOf(string clientId) => _members.FindIndex(member => member.Receiver.ClientId == clientId);

    private const int BestRank = 3;

    private static int Rank(IReceiver receiver)
    {
        if (!receiver.IsConnected) return receiver.IsRemote ? 1 : 0;
        return receiver.HasBacklog ? 2 : BestRank;
    }

    /// <summary>A route with what every message to it is offered by.</summary>
    private struct Member(Route route, RouteMatch match)
    {
        public readonly Route Route => route;

        public readonly RouteMatch Match => match;

        public readonly IReceiver Receiver => route.Receiver;

        /// <summary>It was offered something since it was last asked to give back; by this shard's activation before this one, for all that is known.</summary>
        public bool MayHold { get; set; } = true;
    }
}
