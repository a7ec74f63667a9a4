using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// The way to sessions that have no open monitor on this silo: to the silo where the session was last heard of, or, when that is
/// unknown or this one, by grain calls, which activate it. While a session is on a detour everything for it queues behind (invariant B4).
/// </summary>
internal sealed class SessionDetours(
    ISessionGrains grains, NodeSenders senders, PendingTokens tokens, BrokerClock clock, BrokerCounters counters, ILogger<SessionDetour> logger)
{
    private readonly ConcurrentDictionary<SessionRef, SessionDetour> _detours = new();
    private volatile int _count;

    /// <summary>Something for this session is on its way by grain calls.</summary>
    public bool IsOn(SessionRef session) => _count != 0 && _detours.ContainsKey(session);

    public void Deliver(SessionRef session, Publication publication, RouteMatch match) =>
        Send(session, ToItem(NodeItemKind.Deliver, publication, match), publication.QoS == QoS.AtMostOnce);

    public void Offer(SessionRef session, SharedOffer offer) => Send(
        session,
        ToItem(NodeItemKind.Offer, offer.Publication, offer.Match) with { Token = tokens.Add(offer), IsLastResort = offer.IsLastResort },
        droppable: false);

    public void DeliverRetained(SessionRef session, RetainedBatch batch)
    {
        // One item each: the session there makes a batch of its own from each, and keeps their order.
        for (; batch.Current is { } publication; batch.Advance())
        {
            Send(session, ToItem(NodeItemKind.Retained, publication, batch.Match), droppable: false);
        }
    }

    public void ReturnShared(SessionRef session, uint version) =>
        Send(session, new NodeItem { Kind = NodeItemKind.ReturnShared, ClientId = session.ClientId, Number = version }, droppable: false);

    /// <summary>Items that came for a session of this silo which is not open here: by grain call, in order.</summary>
    public void Forward(SessionRef session, NodeItem item) => Enqueue(session, item);

    public void Ended(SessionRef session)
    {
        if (!_detours.TryRemove(session, out _)) return;
        Interlocked.Decrement(ref _count);
        session.Release();
    }

    private NodeItem ToItem(NodeItemKind kind, Publication publication, RouteMatch match) => new()
    {
        Kind = kind,
        ClientId = match.Receiver.ClientId,
        // What came as a delivery of another silo is passed on as that: the last that has it tells its source.
        Source = kind == NodeItemKind.Deliver ? publication.Source as SiloAddress : null,
        Token = kind != NodeItemKind.Deliver || !publication.IsAwaited ? 0 : publication.Source is SiloAddress ? publication.Token : tokens.Add(publication),
        Message = MessageRecord.From(publication, clock.NowMilliseconds),
        Match = MatchRecord.From(match),
    };

    private void Send(SessionRef session, NodeItem item, bool droppable)
    {
        if (session.Silo is not { } silo || silo.Equals(senders.Self) || senders.IsDead(silo) || IsOn(session)) Enqueue(session, item);
        else if (droppable) senders.SendDroppable(silo, item);
        else senders.Send(silo, item);
    }

    private void Enqueue(SessionRef session, NodeItem item)
    {
        while (true)
        {
            if (!_detours.TryGetValue(session, out var detour)) detour = Begin(session);
            if (detour is not null && detour.TryEnqueue(item)) return;
        }
    }

    /// <summary>A detour holds the reference: whoever looks the session up meanwhile finds the detour with it. Null when another was first.</summary>
    private SessionDetour? Begin(SessionRef session)
    {
        var detour = new SessionDetour(session, this, grains, senders, counters, logger);
        session.Hold();
        Interlocked.Increment(ref _count);
        if (_detours.TryAdd(session, detour)) return detour;
        Interlocked.Decrement(ref _count);
        session.Release();
        return null;
    }
}
