using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>A shard's record that a session has a filter; the session is the authority (invariant B13).</summary>
/// <param name="IsDurable">The session outlives its connection, so the route is journaled.</param>
public sealed record Route(TopicFilter Filter, IReceiver Receiver, long Incarnation, RouteGrant Grant, bool IsDurable);
