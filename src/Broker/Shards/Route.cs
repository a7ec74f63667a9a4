using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Shards;

/// <summary>A shard's record that a session has a filter; the session is the authority (invariant B13).</summary>
public sealed record Route(IReceiver Receiver, long Incarnation, RouteGrant Grant, bool IsDurable)
{
    /// <summary>This route was made later than one with the given identity, or is that one.</summary>
    public bool IsNewerThan(long incarnation, uint version) => Incarnation != incarnation || Grant.Version > version;
}
