using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Grains.Routing;

/// <summary>Retained messages of a shard for a subscription, which may be on their way to its session still.</summary>
/// <param name="Silo">Whose shard has given them; null for none yet: it is to be asked.</param>
internal readonly record struct RetainedGiven(int Shard, SiloAddress? Silo, Subscription Subscription);
