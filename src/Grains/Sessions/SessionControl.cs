using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A gateway's control operations as grain calls.</summary>
internal sealed partial class SessionControl(IGrainFactory grains, ILocalSiloDetails self, ILogger<SessionControl> logger) : ISessionControl
{
    public async ValueTask<ReasonCode> ConnectAsync(ConnectParameters parameters, IGatewayConnection connection, CancellationToken cancellationToken)
    {
        var call = Grain(parameters.ClientId).ConnectAsync(ToRequest(parameters, connection));
        try
        {
            return await call.AsTask().WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The session could not be activated (its store, or the cluster, does not answer): the client may come again.
            LogNotReached(exception, parameters.ClientId);
            return ReasonCode.ServerUnavailable;
        }
    }

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

    private ConnectRequest ToRequest(ConnectParameters parameters, IGatewayConnection connection) => new()
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
    };

    [LoggerMessage(2005, LogLevel.Warning, "The session {ClientId} was not reached; CONNECT refused")]
    private partial void LogNotReached(Exception exception, string clientId);

    private ISessionGrain Grain(string clientId) => grains.GetGrain<ISessionGrain>(new SessionKey(clientId).ToGrainKey());
}
