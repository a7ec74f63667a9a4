using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// Passes on what another silo sent here for a session that is not, or no longer, here: by grain calls, in order. Never paused: barriers of other silos
/// are among the items, and one that had to wait for a barrier of this silo could wait for ever.
/// </summary>
internal sealed class SessionForwards(ISessionGrains grains, NodeSenders senders, BrokerCounters counters, ILogger<SessionForwards> logger)
{
    private readonly SessionTable _forwards = new(grains, senders, counters, logger, tellsPlace: false);

    /// <summary>Something older for this session is being passed on.</summary>
    public bool IsOn(SessionRef session) => _forwards.IsOn(session);

    /// <summary>A message whose publisher is told by way of this silo, as this one is responsible for it now.</summary>
    public void Deliver(SessionRef session, Publication publication, RouteMatch match) =>
        Add(session, SessionTable.Deliver(session, publication.Keep(), match), publication.IsAwaited ? new Awaited(publication, session, match) : null);

    public void Offer(SessionRef session, SharedOffer offer) => Add(session, SessionTable.Offer(session, offer), new Awaited(offer, session));

    public void DeliverRetained(SessionRef session, RetainedBatch batch)
    {
        for (; batch.Current is { } publication; batch.Advance()) Pass(session, SessionTable.Retained(session, publication, batch.Match));
    }

    public void ReturnShared(SessionRef session, uint version) => Pass(session, SessionTable.ReturnShared(session, version));

    public void Pass(SessionRef session, OrderBarrier barrier) =>
        Pass(session, new NodeItem { Kind = NodeItemKind.SessionBarrier, ClientId = session.ClientId, Token = barrier.Token, Source = barrier.Source });

    /// <summary>What nobody waits for: as it came.</summary>
    public void Pass(SessionRef session, in NodeItem item) => Add(session, item, null);

    private void Add(SessionRef session, in NodeItem item, in Awaited? awaited)
    {
        lock (session) _forwards.Add(session, item, awaited);
    }
}
