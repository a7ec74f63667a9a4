using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A gateway's control operations as grain calls.</summary>
internal sealed partial class SessionControl(ISessionGrains grains, LocalSessions sessions, ILocalSiloDetails self, TimeProvider time, ILogger<SessionControl> logger)
    : ISessionControl
{
    // 20 + 40 + 80 + 160 ms in all: an activation that is going is gone by then.
    private const int Attempts = 5;
    private const int FirstPauseMilliseconds = 20;

    public async ValueTask<ReasonCode> ConnectAsync(ConnectParameters parameters, IGatewayConnection connection, CancellationToken cancellationToken)
    {
        // Held while the session is activated, so that it has this client id and not a copy of its own.
        var identity = sessions.Hold(parameters.ClientId);
        var request = ToRequest(parameters, connection);
        var call = CallAsync(parameters.ClientId, session => ConnectAsync(session, request), cancellationToken: cancellationToken);
        try
        {
            return await call.WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The session could not be activated (its store, or the cluster, does not answer): the client may come again.
            LogNotReached(exception, parameters.ClientId);
            return ReasonCode.ServerUnavailable;
        }
        finally
        {
            identity.Release();
        }
    }

    /// <summary>Once more when the session had to come to this node first.</summary>
    private static async ValueTask<ReasonCode> ConnectAsync(ISessionGrain session, ConnectRequest request)
    {
        var answer = await session.ConnectAsync(request);
        return answer == ReasonCode.ServerMoved ? await session.ConnectAsync(request) : answer;
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

        var subscribe = new SubscribeRequest(self.SiloAddress, connectionId, packet.PacketIdentifier, packet.SubscriptionIdentifier, filters);
        return new ValueTask(CallAsync(clientId, session => DoneAsync(session.SubscribeAsync(subscribe))));
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

        var unsubscribe = new UnsubscribeRequest(self.SiloAddress, connectionId, packet.PacketIdentifier, filters, refusals);
        return new ValueTask(CallAsync(clientId, session => DoneAsync(session.UnsubscribeAsync(unsubscribe))));
    }

    /// <summary>If this call is lost, the session stays attached to a connection that is gone, and neither will nor expiry comes.</summary>
    public ValueTask DisconnectAsync(string clientId, long connectionId, ConnectionEnd end) =>
        new(CallAsync(clientId, session => DoneAsync(session.DisconnectAsync(connectionId, self.SiloAddress, end)), mayRunTwice: true));

    /// <summary>Again when Orleans rejects the call, as it may while one activation goes and the next comes: such a call has not run.</summary>
    /// <param name="mayRunTwice">Also when its silo went: such a call may have run.</param>
    private async Task<TResult> CallAsync<TResult>(
        string clientId, Func<ISessionGrain, ValueTask<TResult>> call, bool mayRunTwice = false, CancellationToken cancellationToken = default)
    {
        // Orleans pools what a call needs by thread, without a bound. A transport's loop gives calls and never ends one: it would fill the pools of others for ever.
        if (!Thread.CurrentThread.IsThreadPoolThread) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call(grains.For(clientId));
            }
            catch (OrleansMessageRejectionException rejection)
                when (attempt + 1 < Attempts && (mayRunTwice || rejection is not SiloUnavailableException))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(FirstPauseMilliseconds << attempt), time, cancellationToken);
            }
        }
    }

    private static async ValueTask<bool> DoneAsync(ValueTask call)
    {
        await call;
        return true;
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
}
