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
/// The way of this silo's shards to sessions that have no open monitor here: a lane to the silo where the session was last heard of, or, when that is unknown or this
/// one, grain calls, which activate it. While a session is on a detour everything for it queues behind, and its location changes only then (invariant B4).
/// </summary>
internal sealed partial class SessionDetours
{
    private readonly NodeSenders _senders;
    private readonly BrokerCounters _counters;
    private readonly SessionTable _detours;

    public SessionDetours(ISessionGrains grains, NodeSenders senders, BrokerCounters counters, ILogger<SessionDetours> logger)
    {
        _senders = senders;
        _counters = counters;
        _detours = new SessionTable(grains, senders, counters, logger, tellsPlace: true);
    }

    /// <summary>Something for this session is on its way by grain calls.</summary>
    public bool IsOn(SessionRef session) => _detours.IsOn(session);

    /// <summary>Completes when all that was sent until now has been handed over.</summary>
    public Task DeliveredAsync() => Task.WhenAll(_senders.ArrivedAsync(LaneKind.Session), _detours.TakenAsync());

    /// <summary>Completes when all that was sent to the session until now has reached it, wherever it is, or was at a silo that has died.</summary>
    public Task ReachedAsync(SessionRef session)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var awaited = new Awaited((Action)(() => reached.TrySetResult()));
        if (session.Local is { } local) local.Enter(new OrderBarrier(_senders.Self, _senders.Outstanding.Detoured.Add(awaited)), DeliveryWay.Shard);
        else Send(session, Barrier(session), awaited);
        return reached.Task;
    }

    /// <summary>A barrier of this silo's that found the session not here any more.</summary>
    public void Pass(SessionRef session, OrderBarrier barrier) => Send(session, Barrier(session) with { Token = barrier.Token }, null);

    public void Deliver(SessionRef session, Publication publication, RouteMatch match)
    {
        var item = SessionTable.Deliver(session, publication, match);
        if (publication.IsAwaited) Send(session, item, new Awaited(publication.Keep(), session, match));
        else Send(session, item, null, isDroppable: publication.QoS == QoS.AtMostOnce);
    }

    public void Offer(SessionRef session, SharedOffer offer) => Send(session, SessionTable.Offer(session, offer), new Awaited(offer, session));

    public void DeliverRetained(SessionRef session, RetainedBatch batch)
    {
        // One item each: the session there makes a batch of its own from each, and keeps their order.
        for (; batch.Current is { } publication; batch.Advance()) Send(session, SessionTable.Retained(session, publication, batch.Match), null);
    }

    public void ReturnShared(SessionRef session, uint version) => Send(session, SessionTable.ReturnShared(session, version), null);

    private static NodeItem Barrier(SessionRef session) => new() { Kind = NodeItemKind.SessionBarrier, ClientId = session.ClientId };

    private void Send(SessionRef session, in NodeItem item, in Awaited? awaited, bool isDroppable = false)
    {
        lock (session)
        {
            if (session.Silo is { } silo && !silo.Equals(_senders.Self) && !IsOn(session))
            {
                // Should that silo die, whoever waits for it is told.
                if (item.Token != 0) _senders.Outstanding.Move(item.Token, silo);
                var outcome = LaneTo(silo, session).TryAppend(item, isDroppable, awaited);
                if (outcome == LaneOutcome.Full) _counters.Drop(DropReason.LaneFull);
                if (outcome != LaneOutcome.Broken) return;
            }

            item.Message?.Keep();
            _detours.Add(session, item, awaited);
        }
    }

    private Lane LaneTo(SiloAddress silo, SessionRef session) => _senders.LaneTo(silo, LaneNumber.Of(LaneKind.Session, session.ClientId));
}
