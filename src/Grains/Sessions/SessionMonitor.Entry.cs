using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// The ways in: from shards, which may always enter, and from the connection, which is answered false when the monitor is closed. That it
/// is closed is looked at under the monitor: what is taken is kept, what is not goes on in order (invariants B4, B5).
/// </summary>
internal sealed partial class SessionMonitor
{
    public void Deliver(Publication publication, RouteMatch match, DeliveryWay way) => Enter(new SessionWork(SessionWorkKind.Deliver, publication, match, Way: way));

    public void Offer(SharedOffer offer, DeliveryWay way) => Enter(new SessionWork(SessionWorkKind.Offer, offer, Way: way));

    public void DeliverRetained(RetainedBatch batch, DeliveryWay way) => Enter(new SessionWork(SessionWorkKind.Retained, batch, Way: way));

    /// <summary>Answered in its turn, here or where the session is now.</summary>
    public void Enter(OrderBarrier barrier, DeliveryWay way) => Enter(new SessionWork(SessionWorkKind.Barrier, barrier, Way: way));

    public void ReturnShared(uint version, DeliveryWay way) => Enter(new SessionWork(SessionWorkKind.ReturnShared, Number: version, Way: way));

    /// <summary>Completes when all that has come until now has run, or has been handed on.</summary>
    public ValueTask<bool> CaughtUpAsync() => RunAsync(static _ => true);

    /// <inheritdoc/>
    public bool Acknowledge(ISessionConnection connection, PacketType type, ushort packetIdentifier, ReasonCode reason) =>
        TryEnter(new SessionWork(SessionWorkKind.Acknowledge, connection, PacketIdentifier: packetIdentifier, PacketType: type, Reason: reason));

    /// <inheritdoc/>
    public bool PublishExactlyOnce(ISessionConnection connection, Publication publication) =>
        TryEnter(new SessionWork(SessionWorkKind.PublishExactlyOnce, connection, publication));

    /// <inheritdoc/>
    public bool RefuseOverdue(ISessionConnection connection, ushort packetIdentifier) =>
        TryEnter(new SessionWork(SessionWorkKind.RefuseOverdue, connection, PacketIdentifier: packetIdentifier));

    /// <inheritdoc/>
    public bool OutputDrained(ISessionConnection connection) => TryEnter(new SessionWork(SessionWorkKind.OutputDrained, connection));

    /// <inheritdoc/>
    public void Committed(ulong number) => Enter(new SessionWork(SessionWorkKind.Committed, Number: number));

    /// <inheritdoc/>
    public void Fenced() => Enter(new SessionWork(SessionWorkKind.Fenced));

    /// <inheritdoc/>
    protected override void Deferred(in SessionWork work)
    {
        if (work.Kind == SessionWorkKind.Deliver) ((Publication)work.First!).Keep();
    }

    /// <inheritdoc/>
    public void Deferred(Publication publication)
    {
        // An incoming QoS 2 message, or a shared one on its way back, waits in a shard's inbox; the session's own bounds already hold it.
    }

    /// <inheritdoc/>
    public void Settled(Publication publication, ReasonCode reason) =>
        Enter(new SessionWork(SessionWorkKind.InboundSettled, publication, Reason: reason));

    /// <summary>The stand-in for a connection of another gateway, if it is this session's; its identity keeps older connections out.</summary>
    public RemoteConnection? RemoteConnection(SiloAddress gateway, long connectionId) =>
        Connection is RemoteConnection remote && remote.ConnectionId == connectionId && remote.Gateway.Equals(gateway) ? remote : null;

    /// <summary>The will has come to all of its receivers, or not.</summary>
    public void WillSettled(Publication will, ReasonCode reason) => Enter(new SessionWork(SessionWorkKind.WillSettled, will, Reason: reason));

    private bool TryEnter(in SessionWork work)
    {
        if (_closed) return false;
        Enter(work);
        return true;
    }

    /// <inheritdoc/>
    protected override bool IsHandedOn(in SessionWork work) => work.Kind <= SessionWorkKind.LastFromShard;

    /// <inheritdoc/>
    protected override void HandOn(in SessionWork work)
    {
        if (work.Way == DeliveryWay.Shard) ToDetour(work);
        else ToForward(work);
    }

    private void RunFromShard(in SessionWork work)
    {
        if (_closed || IsBehindOlder(work) || MustAsk(work))
        {
            HandOn(work);
            return;
        }

        switch (work.Kind)
        {
            case SessionWorkKind.Deliver:
                RunDeliver((Publication)work.First!, (RouteMatch)work.Second!);
                break;
            case SessionWorkKind.Offer:
                RunOffer((SharedOffer)work.First!);
                break;
            case SessionWorkKind.Barrier:
                _services.Senders.Arrived((OrderBarrier)work.First!);
                break;
            case SessionWorkKind.Retained:
                _session.DeliverRetained((RetainedBatch)work.First!, Now);
                break;
            default:
                _session.ReturnShared((uint)work.Number);
                break;
        }
    }

    /// <summary>Looked at here, not where it came from: what is older may have waited in the inbox with it. It has come back when the way is free, see <see cref="Detour"/>.</summary>
    private bool IsBehindOlder(in SessionWork work) => work.Way switch
    {
        DeliveryWay.Shard => _services.Detours.IsOn(Identity),
        DeliveryWay.Lane => _services.Forwards.IsOn(Identity),
        _ => false,
    };

    private void ToDetour(in SessionWork work)
    {
        switch (work.Kind)
        {
            case SessionWorkKind.Deliver:
                _services.Detours.Deliver(Identity, (Publication)work.First!, (RouteMatch)work.Second!);
                break;
            case SessionWorkKind.Offer:
                _services.Detours.Offer(Identity, (SharedOffer)work.First!);
                break;
            case SessionWorkKind.Barrier:
                _services.Detours.Pass(Identity, (OrderBarrier)work.First!);
                break;
            case SessionWorkKind.Retained:
                _services.Detours.DeliverRetained(Identity, (RetainedBatch)work.First!);
                break;
            default:
                _services.Detours.ReturnShared(Identity, (uint)work.Number);
                break;
        }
    }

    private void ToForward(in SessionWork work)
    {
        switch (work.Kind)
        {
            case SessionWorkKind.Deliver:
                _services.Forwards.Deliver(Identity, (Publication)work.First!, (RouteMatch)work.Second!);
                break;
            case SessionWorkKind.Offer:
                _services.Forwards.Offer(Identity, (SharedOffer)work.First!);
                break;
            case SessionWorkKind.Barrier:
                _services.Forwards.Pass(Identity, (OrderBarrier)work.First!);
                break;
            case SessionWorkKind.Retained:
                _services.Forwards.DeliverRetained(Identity, (RetainedBatch)work.First!);
                break;
            default:
                _services.Forwards.ReturnShared(Identity, (uint)work.Number);
                break;
        }
    }

    /// <summary>A gateway may have the client's connection and not have handed it over yet: the grain finds out, by whose call what is handed on comes back here.</summary>
    private bool MustAsk(in SessionWork work) =>
        (!_session.Exists || _session.IsAwaited) && work.Kind is not (SessionWorkKind.ReturnShared or SessionWorkKind.Barrier) && work.Way != DeliveryWay.Call;

    private void RunDeliver(Publication publication, RouteMatch match)
    {
        if (!_connected) _wasUsed = true;
        if (!_session.Deliver(publication, match, NowFor(publication))) _services.Routes.Gone(publication, match);
    }

    private void RunOffer(SharedOffer offer) => offer.Answer(_session.Offer(offer, NowFor(offer.Publication)));

    /// <summary>The time matters to a message that expires alone, as nothing else is sent with it; reading it costs 20 ns, a twentieth of a message's way through the broker.</summary>
    private long NowFor(Publication publication) => publication.ExpiresAtMilliseconds == Publication.NeverExpires ? 0 : Now;
}
