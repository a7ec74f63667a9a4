using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>The ways in: from shards and from the connection. Each answers false when the monitor is closed.</summary>
internal sealed partial class SessionMonitor
{
    public bool Deliver(Publication publication, RouteMatch match)
    {
        if (_closed) return false;
        if (TryEnter())
        {
            RunDeliver(publication, match);
            Leave();
        }
        else
        {
            Enter(new SessionWork(SessionWorkKind.Deliver, publication, match));
        }

        return true;
    }

    public bool Offer(SharedOffer offer) => TryEnter(new SessionWork(SessionWorkKind.Offer, offer));

    public bool DeliverRetained(RetainedBatch batch) => TryEnter(new SessionWork(SessionWorkKind.Retained, batch));

    public bool ReturnShared(uint version) => TryEnter(new SessionWork(SessionWorkKind.ReturnShared, Number: version));

    /// <inheritdoc/>
    public bool Acknowledge(ISessionConnection connection, PacketType type, ushort packetIdentifier, ReasonCode reason) =>
        TryEnter(new SessionWork(SessionWorkKind.Acknowledge, connection, PacketIdentifier: packetIdentifier, PacketType: type, Reason: reason));

    /// <inheritdoc/>
    public bool PublishExactlyOnce(ISessionConnection connection, Publication publication) =>
        TryEnter(new SessionWork(SessionWorkKind.PublishExactlyOnce, connection, publication));

    /// <inheritdoc/>
    public bool OutputDrained(ISessionConnection connection) => TryEnter(new SessionWork(SessionWorkKind.OutputDrained, connection));

    /// <inheritdoc/>
    public void Committed(ulong number) => Enter(new SessionWork(SessionWorkKind.Committed, Number: number));

    /// <inheritdoc/>
    public void Fenced() => Enter(new SessionWork(SessionWorkKind.Fenced));

    /// <inheritdoc/>
    public void Deferred(Publication publication)
    {
        // An incoming QoS 2 message or a will waits in a shard's inbox; the session's own bounds already hold it.
    }

    /// <inheritdoc/>
    public void Settled(Publication publication, ReasonCode reason) =>
        Enter(new SessionWork(SessionWorkKind.InboundSettled, publication, Reason: reason));

    /// <summary>The stand-in for a connection of another gateway, if it is this session's; its identity keeps older connections out.</summary>
    public RemoteConnection? RemoteConnection(SiloAddress gateway, long connectionId) =>
        Connection is RemoteConnection remote && remote.ConnectionId == connectionId && remote.Gateway.Equals(gateway) ? remote : null;

    /// <summary>The will has been taken by its shard and its receivers.</summary>
    public void WillSettled() => Enter(new SessionWork(SessionWorkKind.WillDone));

    private bool TryEnter(in SessionWork work)
    {
        if (_closed) return false;
        Enter(work);
        return true;
    }

    private void RunDeliver(Publication publication, RouteMatch match)
    {
        if (!_session.Deliver(publication, match, Now)) _services.Routes.Gone(publication, match);
    }

    private void RunOffer(SharedOffer offer) => offer.Answer(_session.Offer(offer, Now));
}
