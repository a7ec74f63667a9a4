using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Grains.Routing;

/// <summary>A subscription that needs its routes.</summary>
/// <param name="SendRetained">The shards give the retained messages that match.</param>
internal sealed record RouteWish(Subscription Subscription, bool SendRetained);
