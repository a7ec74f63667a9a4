using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A gateway's control operations as grain calls.</summary>
internal sealed partial class SessionControl(
    ISessionGrains grains, LocalSessions sessions, RemoteSessions remote, ILocalSiloDetails self, TimingOptions timing, TimeProvider time, ILogger<SessionControl> logger)
    : ISessionControl
{
    // 20 + 40 + 80 + 160 ms in all: an activation that is going is gone by then.
    private const int Attempts = 5;
    private const int FirstPauseMilliseconds = 20;

    public async ValueTask<ReasonCode> ConnectAsync(ConnectParameters parameters, IGatewayConnection connection, CancellationToken cancellationToken)
    {
        // Held while the session is activated, so that it has this client id and not a copy of its own.
        var identity = sessions.Hold(parameters.ClientId);
        var request = ConnectRequest.From(parameters, self.SiloAddress, connection.ConnectionId);
        remote.Connecting(connection.ConnectionId, parameters);
        var isRemote = false;
        var call = CallAsync(parameters.ClientId, session => ConnectAsync(session, request), cancellationToken: cancellationToken);
        try
        {
            var reason = await call.WaitAsync(cancellationToken);
            isRemote = reason == ReasonCode.Success && identity.Local is null;
            return reason;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The session could not be activated (its store, or the cluster, does not answer): the client may come again.
            LogNotReached(exception, parameters.ClientId);
            return ReasonCode.ServerUnavailable;
        }
        finally
        {
            if (!isRemote) remote.NotRemote(connection.ConnectionId);
            identity.Release();
        }
    }

    /// <summary>Once more when the session had to come to this node first, or the activation had lost its journal.</summary>
    private static async ValueTask<ReasonCode> ConnectAsync(ISessionGrain session, ConnectRequest request)
    {
        var answer = await session.ConnectAsync(request);
        if (answer == ReasonCode.ServerMoved) answer = await session.ConnectAsync(request);
        return answer == ReasonCode.ServerMoved ? ReasonCode.ServerUnavailable : answer;
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
        return new ValueTask(AnsweredAsync(clientId, connectionId, session => session.SubscribeAsync(subscribe)));
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
        return new ValueTask(AnsweredAsync(clientId, connectionId, session => session.UnsubscribeAsync(unsubscribe)));
    }

    /// <summary>If this call is lost, the session stays attached to a connection that is gone, and neither will nor expiry comes.</summary>
    public async ValueTask DisconnectAsync(string clientId, long connectionId, ConnectionEnd end)
    {
        Task<bool> CallAsync() => this.CallAsync(clientId, session => session.DisconnectAsync(connectionId, self.SiloAddress, end), mayRunTwice: true);
        if (!remote.TryGet(connectionId, out var held))
        {
            await CallAsync();
            return;
        }

        try
        {
            await UntilAsync(held, CallAsync, isDone: static taken => taken);
        }
        finally
        {
            remote.Remove(held);
        }
    }

    /// <summary>
    /// SUBSCRIBE and UNSUBSCRIBE. Of a session on another silo they are done when their answer has passed here: should that silo die before, they are run again by the
    /// session's next activation, which makes no difference to what they do.
    /// </summary>
    private Task AnsweredAsync(string clientId, long connectionId, Func<ISessionGrain, ValueTask<bool>> call)
    {
        if (!remote.TryGet(connectionId, out var held)) return CallAsync(clientId, call);
        var before = held.Answers;
        return UntilAsync(held, () => CallAsync(clientId, call), _ => held.Answers != before);
    }

    /// <summary>Calls each activation that gets the session in turn, until one has done it, the session is not the connection's any more, or the time is up.</summary>
    private async Task UntilAsync(RemoteSession held, Func<Task<bool>> callAsync, Func<bool, bool> isDone)
    {
        using var limit = new CancellationTokenSource(timing.SessionUnreachable, time);
        while (!held.IsEnded)
        {
            var attachment = held.Attachment;
            if (attachment == 0)
            {
                await held.ChangedAsync(attachment, held.Answers).WaitAsync(limit.Token);
                continue;
            }

            var answers = held.Answers;
            var isTaken = await TryAsync(callAsync);
            // What the call did is told through the session's own lane, or its silo is gone.
            while (!isDone(isTaken))
            {
                if (held.IsEnded || held.Attachment != attachment) break;
                await held.ChangedAsync(attachment, answers).WaitAsync(limit.Token);
                answers = held.Answers;
            }

            if (isDone(isTaken)) return;
        }
    }

    /// <summary>False also when the session's silo went under the call.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> callAsync)
    {
        try
        {
            return await callAsync();
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return false;
        }
    }

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

    [LoggerMessage(2005, LogLevel.Warning, "The session {ClientId} was not reached; CONNECT refused")]
    private partial void LogNotReached(Exception exception, string clientId);
}
