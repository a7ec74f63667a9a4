using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>An administrator's commands at a node, with what most tests leave as it is.</summary>
internal static class CommandCalls
{
    public static async Task<CommandOutcome> EndAsync(this BrokerNode node, string clientId, bool publishWill = true, SessionStamp? expected = null) =>
        (await node.Commands.EndAsync(clientId, publishWill, expected, CancellationToken.None).WaitAsync(TestClient.Patience)).Outcome;

    public static async Task<CommandOutcome> DisconnectAsync(
        this BrokerNode node, string clientId, ReasonCode reason = ReasonCode.AdministrativeAction, bool publishWill = true, string? serverReference = null, SessionStamp? expected = null) =>
        (await node.Commands.DisconnectAsync(clientId, reason, publishWill, serverReference, expected, CancellationToken.None).WaitAsync(TestClient.Patience)).Outcome;

    public static Task<CommandAnswer> SubscribeAsync(
        this BrokerNode node, string clientId, string filter, QoS qos = QoS.AtLeastOnce, RetainHandling handling = RetainHandling.SendAtSubscribe, uint identifier = 0, bool noLocal = false) =>
        node.Commands.SubscribeAsync(
            clientId, new FilterRequest(filter, (byte)qos, noLocal, RetainAsPublished: false, (byte)handling, ReasonCode.Success), identifier, null, CancellationToken.None).WaitAsync(TestClient.Patience);

    public static async Task<CommandOutcome> UnsubscribeAsync(this BrokerNode node, string clientId, string filter) =>
        (await node.Commands.UnsubscribeAsync(clientId, filter, null, CancellationToken.None).WaitAsync(TestClient.Patience)).Outcome;

    /// <summary>What the session is now.</summary>
    public static async Task<SessionStamp> StampAsync(this BrokerNode node, string clientId) =>
        (await node.Grains.GetGrain<ISessionGrain>(new SessionKey(clientId).ToGrainKey()).AimAsync()).Now.Stamp;
}
