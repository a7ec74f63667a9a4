using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A gateway's control operations as grain calls.</summary>
internal sealed partial class SessionControl(IGrainFactory grains, ILocalSiloDetails self, TimeProvider time, ILogger<SessionControl> logger)
    : ISessionControl
{
    // 20 + 40 + 80 + 160 ms in all: an activation that is going is gone by then.
    private const int DisconnectAttempts = 5;
    private const int FirstPauseMilliseconds = 20;

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

    /// <summary>
    /// Again when Orleans rejects it, as it may while one activation goes and the next comes: such a call has not run, and if this one is lost the session
    /// stays attached to a connection that is gone, and neither will nor expiry comes.
    /// </summary>
    public async ValueTask DisconnectAsync(string clientId, long connectionId, ConnectionEnd end)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Grain(clientId).DisconnectAsync(connectionId, self.SiloAddress, end);
                return;
            }
            catch (OrleansMessageRejectionException) when (attempt + 1 < DisconnectAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(FirstPauseMilliseconds << attempt), time);
            }
        }
    }

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
