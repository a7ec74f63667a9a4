using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>
/// A session as a shard sees it, interned once per silo: the session's monitor when it is local, the way to it when it is not.
/// Calls return at once and keep their order per receiver.
/// </summary>
public interface IReceiver
{
    string ClientId { get; }

    /// <summary>A hint, possibly stale: the session has a connection. Shared groups prefer members for which it is true.</summary>
    bool IsConnected { get; }

    /// <summary>The session is not on this silo: whether it has a connection is known elsewhere, and <see cref="IsConnected"/> says only that it is known where.</summary>
    bool IsRemote { get; }

    /// <summary>A hint, possibly stale: messages wait in the session's queue. Shared groups prefer members for which it is false.</summary>
    bool HasBacklog { get; }

    /// <summary>A shard holds one more route to this receiver.</summary>
    void RouteAdded();

    /// <summary>A shard has let a route go.</summary>
    void RouteRemoved();

    /// <summary>
    /// Delivers a live message. The caller has opened a part of the publication; whoever ends up with the
    /// message settles it. A receiver that holds none of the match's versions reports the route as gone.
    /// </summary>
    void Deliver(Publication publication, RouteMatch match);

    /// <summary>
    /// Offers a message of a shared group. The answer comes through <see cref="SharedOffer.Answer"/>: accepted (and
    /// settled by the receiver when done), declined or gone.
    /// </summary>
    void Offer(SharedOffer offer);

    /// <summary>Retained messages that match a new subscription, to be sent before anything that follows from this shard.</summary>
    void DeliverRetained(RetainedBatch batch);

    /// <summary>Asks the session to give back what it has queued, without packet identifier, for the shared subscription. One that has a connection keeps it.</summary>
    void ReturnShared(uint version);
}
