using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A gateway's control operations as grain calls.</summary>
internal sealed class SessionControl(IGrainFactory grains, ILocalSiloDetails self) : ISessionControl
{
    public async ValueTask<ReasonCode> ConnectAsync(ConnectParameters parameters, IGatewayConnection connection, CancellationToken cancellationToken) =>
        await Grain(parameters.ClientId).ConnectAsync(new ConnectRequest
        {
            Gateway = self.SiloAddress,
            ConnectionId = connection.ConnectionId,
            Version = (byte)parameters.Version,
            CleanStart = parameters.CleanStart,
            SessionExpiryIntervalSeconds = parameters.SessionExpiryIntervalSeconds,
            KeepAliveSeconds = parameters.KeepAliveSeconds,
            ReceiveMaximum = parameters.ReceiveMaximum,
            UserName = parameters.UserName,
            Will = parameters.Will is null ? null : WillRecord.From(parameters.Will),
        }).AsTask().WaitAsync(cancellationToken);

    public ValueTask SubscribeAsync(string clientId, long connectionId, SubscribePacket packet, ReasonCode[] refusals)
    {
        var filters = new FilterRequest[packet.Requests.Count];
        for (var i = 0; i < filters.Length; i++)
        {
            var request = packet.Requests[i];
            filters[i] = new FilterRequest(
                request.Text, (byte)request.QoS, request.NoLocal, request.RetainAsPublished, (byte)request.RetainHandling, refusals[i]);
        }

        return Grain(clientId).SubscribeAsync(
            new SubscribeRequest(self.SiloAddress, connectionId, packet.PacketIdentifier, packet.SubscriptionIdentifier, filters));
    }

    public ValueTask UnsubscribeAsync(string clientId, long connectionId, UnsubscribePacket packet)
    {
        var filters = new string[packet.Requests.Count];
        var refusals = new ReasonCode[filters.Length];
        for (var i = 0; i < filters.Length; i++)
        {
            filters[i] = packet.Requests[i].Text;
            refusals[i] = packet.Requests[i].Filter is null ? ReasonCode.TopicFilterInvalid : ReasonCode.Success;
        }

        return Grain(clientId).UnsubscribeAsync(new UnsubscribeRequest(self.SiloAddress, connectionId, packet.PacketIdentifier, filters, refusals));
    }

    public ValueTask DisconnectAsync(string clientId, long connectionId, ConnectionEnd end) =>
        Grain(clientId).DisconnectAsync(connectionId, self.SiloAddress, end);

    private ISessionGrain Grain(string clientId) => grains.GetGrain<ISessionGrain>(new SessionKey(clientId).ToGrainKey());
}
