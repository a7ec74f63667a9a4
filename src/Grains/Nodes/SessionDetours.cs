using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// The way to sessions that have no open monitor on this silo: a lane to the silo where the session was last heard of, or, when that is unknown or this one, grain
/// calls, which activate it. While a session is on a detour everything for it queues behind, and its location changes only then (invariant B4).
/// </summary>
internal sealed partial class SessionDetours
{
    private readonly ISessionGrains _grains;
    private readonly NodeSenders _senders;
    private readonly BrokerCounters _counters;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<SessionRef, SessionDetour> _detours = new();
    private volatile int _count;

    public SessionDetours(ISessionGrains grains, NodeSenders senders, BrokerCounters counters, ILogger<SessionDetour> logger)
    {
        _grains = grains;
        _senders = senders;
        _counters = counters;
        _logger = logger;
    }

    /// <summary>Something for this session is on its way by grain calls.</summary>
    public bool IsOn(SessionRef session) => _count != 0 && _detours.ContainsKey(session);

    public void Deliver(SessionRef session, Publication publication, RouteMatch match)
    {
        var item = new NodeItem { Kind = NodeItemKind.Deliver, ClientId = session.ClientId, Message = publication, Match = match };
        if (publication.IsAwaited) Send(session, item, new Awaited(publication.Keep(), session, match));
        else Send(session, item, null, isDroppable: publication.QoS == QoS.AtMostOnce);
    }

    public void Offer(SessionRef session, SharedOffer offer) => Send(
        session,
        new NodeItem { Kind = NodeItemKind.Offer, ClientId = session.ClientId, Message = offer.Publication, Match = offer.Match, IsLastResort = offer.IsLastResort },
        new Awaited(offer, session));

    public void DeliverRetained(SessionRef session, RetainedBatch batch)
    {
        // One item each: the session there makes a batch of its own from each, and keeps their order.
        for (; batch.Current is { } publication; batch.Advance())
            Send(session, new NodeItem { Kind = NodeItemKind.Retained, ClientId = session.ClientId, Message = publication, Match = batch.Match }, null);
    }

    public void ReturnShared(SessionRef session, uint version) =>
        Send(session, new NodeItem { Kind = NodeItemKind.ReturnShared, ClientId = session.ClientId, Number = version }, null);

    /// <summary>An item that came for a session of this silo which is not open here: by grain call, in order.</summary>
    public void Forward(SessionRef session, in NodeItem item)
    {
        lock (session) Enqueue(session, item);
    }

    /// <summary>Nothing of the session is on its way any more. Under its lock.</summary>
    public void Ended(SessionRef session)
    {
        if (!_detours.TryRemove(session, out _)) return;
        Interlocked.Decrement(ref _count);
        session.Release();
    }

    private void Send(SessionRef session, in NodeItem item, in Awaited? awaited, bool isDroppable = false)
    {
        lock (session)
        {
            if (session.Silo is { } silo && !silo.Equals(_senders.Self) && !IsOn(session))
            {
                var outcome = LaneTo(silo, session).TryAppend(item, isDroppable, awaited);
                if (outcome == LaneOutcome.Full) _counters.Drop(DropReason.LaneFull);
                if (outcome != LaneOutcome.Broken) return;
            }

            item.Message?.Keep();
            Enqueue(session, awaited is { } waiting ? item with { Token = _senders.Outstanding.Detoured.Add(waiting) } : item);
        }
    }

    private Lane LaneTo(SiloAddress silo, SessionRef session) => _senders.LaneTo(silo, LaneNumber.Of(LaneKind.Session, session.ClientId));

    private void Enqueue(SessionRef session, in NodeItem item)
    {
        var detour = _detours.TryGetValue(session, out var known) ? known : Begin(session, Task.CompletedTask);
        if (item is { Kind: NodeItemKind.Deliver, Token: 0 } && detour.DroppableCount >= SessionDetour.MaxDroppable) _counters.Drop(DropReason.LaneFull);
        else detour.Add(item);
    }

    /// <summary>A detour holds the reference: whoever looks the session up meanwhile finds the detour with it.</summary>
    private SessionDetour Begin(SessionRef session, Task arrived)
    {
        var detour = new SessionDetour(session, this, _grains, _senders, _logger);
        session.Hold();
        Interlocked.Increment(ref _count);
        _detours[session] = detour;
        // The caller may hold a shard's monitor, or be a grain whose turns this must not take.
        _ = Task.Run(() => detour.RunAsync(arrived));
        return detour;
    }
}
