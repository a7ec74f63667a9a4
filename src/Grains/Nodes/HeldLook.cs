using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What a gateway knows of a session that is elsewhere, as of now.</summary>
/// <param name="Subscriptions">Of a transient session; null where its own node alone knows them, or they were not asked for.</param>
internal readonly record struct HeldLook(
    IGatewayConnection Connection, ConnectParameters Parameters, long Incarnation, long Epoch, int InflightCount, Broker.Subscriptions.Subscription[]? Subscriptions);
