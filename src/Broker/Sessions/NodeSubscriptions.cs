using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Subscriptions to <c>$SYS</c> and the connection whose node they concern.</summary>
public sealed record NodeSubscriptions(ISessionConnection Connection, IReadOnlyList<Subscription> Subscriptions);
