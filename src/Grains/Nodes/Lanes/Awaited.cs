using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>
/// What this silo has sent away and keeps until it is done (invariant B3): a publication to a shard, a delivery or an offer to a session, or a barrier, which only
/// asks to be told that all before it has arrived.
/// </summary>
/// <param name="Target">A <see cref="Publication"/>, a <see cref="SharedOffer"/>, or the barrier's <see cref="Action"/>.</param>
/// <param name="Session">Null for what goes to a shard.</param>
/// <param name="Match">Of a delivery.</param>
/// <param name="Shard">Of a publication.</param>
/// <param name="Silo">Where it is now; null while it is on no lane.</param>
internal readonly record struct Awaited(object Target, SessionRef? Session = null, RouteMatch? Match = null, int Shard = 0, SiloAddress? Silo = null);
