using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>
/// Control operations: CONNECT, SUBSCRIBE, UNSUBSCRIBE and the end are awaited calls on the session, one at a time and in order. Everything else goes on
/// meanwhile.
/// </content>
internal sealed partial class Connection
{
    // An empty string and, in SUBSCRIBE, one byte more; UNSUBSCRIBE goes by the shorter.
    private const int ShortestFilter = sizeof(ushort);

    private const string TooManyFilters = "A packet has more topic filters than this server allows";
    private const string TooManyProperties = "A packet has more user properties than this server allows";

    // Not null while an operation is in flight; holds those behind it.
    private Queue<ControlOperation>? _control;
    private TaskCompletionSource? _controlIdle;

    /// <summary>Completes when no control operation is left; the end, once queued, is the last.</summary>
    public Task ControlIdleAsync()
    {
        lock (this)
        {
            if (_control is null)
                return Task.CompletedTask;
            _controlIdle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _controlIdle.Task;
        }
    }

    private ReceiveStatus HandleSubscribe(ReadOnlySpan<byte> body)
    {
        if (MustPauseForControl())
            return ReceiveStatus.Paused;

        if (HasTooManyFilters(PacketType.Subscribe, body))
            return Fail(ReasonCode.QuotaExceeded, TooManyFilters);
        var violation = PacketDecoder.DecodeSubscribe(_version, body, out var packet);
        if (violation != SpecViolation.None)
            return Fail(violation);
        if (packet!.UserProperties.Count > _services.Limits.MaxUserProperties)
            return Fail(ReasonCode.QuotaExceeded, TooManyProperties);

        var unavailable = CheckAvailability(packet);
        if (unavailable != ReasonCode.Success)
            return Fail(unavailable, "This server does not have what the SUBSCRIBE asks for, as CONNACK said");

        var refusals = new ReasonCode[packet.Requests.Count];
        for (var i = 0; i < refusals.Length; i++)
            refusals[i] = CheckFilter(packet.Requests[i]);
        Enqueue(new ControlOperation(Subscribe: WithinMaximumQoS(packet), Refusals: refusals));
        return ReceiveStatus.NeedMoreData;
    }

    private ReceiveStatus HandleUnsubscribe(ReadOnlySpan<byte> body)
    {
        if (MustPauseForControl())
            return ReceiveStatus.Paused;

        if (HasTooManyFilters(PacketType.Unsubscribe, body))
            return Fail(ReasonCode.QuotaExceeded, TooManyFilters);
        var violation = PacketDecoder.DecodeUnsubscribe(_version, body, out var packet);
        if (violation != SpecViolation.None)
            return Fail(violation);
        if (packet!.UserProperties.Count > _services.Limits.MaxUserProperties)
            return Fail(ReasonCode.QuotaExceeded, TooManyProperties);

        Enqueue(new ControlOperation(Unsubscribe: packet));
        return ReceiveStatus.NeedMoreData;
    }

    /// <summary>Before any of them is decoded, which is what the bound is for.</summary>
    private bool HasTooManyFilters(PacketType type, ReadOnlySpan<byte> body)
    {
        var maximum = _services.Limits.MaxFiltersPerSubscribe;
        return body.Length / ShortestFilter > maximum && PacketDecoder.CountFilters(_version, type, body) > maximum;
    }

    private ReasonCode CheckFilter(SubscriptionRequest request)
    {
        var reason = FilterRules.Check(request.Filter, _services.Limits);
        if (reason != ReasonCode.Success)
            return reason;
        return _permissions.MaySubscribe(request.Filter!.MatchUtf8.Span) ? ReasonCode.Success : ReasonCode.NotAuthorized;
    }

    /// <summary>
    /// 5.0 clients know from CONNACK what this server does not have; asking for it all the same is a Protocol Error with a code of its own (MQTT5 sections
    /// 3.2.2.3.11 to 3.2.2.3.13).
    /// </summary>
    private ReasonCode CheckAvailability(SubscribePacket packet)
    {
        if (!IsVersion5)
            return ReasonCode.Success;
        if (packet.SubscriptionIdentifier != 0 && !_services.Limits.SubscriptionIdentifierAvailable)
            return ReasonCode.SubscriptionIdentifiersNotSupported;
        var reason = ReasonCode.Success;
        for (var i = 0; i < packet.Requests.Count && reason == ReasonCode.Success; i++)
            reason = packet.Requests[i].Filter is { } filter ? FilterRules.CheckAvailability(filter, _services.Limits) : ReasonCode.Success;
        return reason;
    }

    /// <summary>A server without QoS 2 still accepts the request and grants what it has [MQTT5-3.2.2-10].</summary>
    private SubscribePacket WithinMaximumQoS(SubscribePacket packet)
    {
        var maximum = (QoS)_services.Limits.MaxQoS;
        return maximum == QoS.ExactlyOnce
            ? packet
            : packet with { Requests = [.. packet.Requests.Select(request => request.QoS > maximum ? request with { QoS = maximum } : request)] };
    }

    private bool MustPauseForControl()
    {
        lock (this)
        {
            if (_control is null || _control.Count < MaxQueuedControl)
                return false;
            _paused = true;
            return true;
        }
    }

    /// <param name="runsHere">False where a lock may be held: the call then begins on another thread.</param>
    private void Enqueue(ControlOperation operation, bool runsHere = true)
    {
        lock (this)
        {
            if (_control is not null)
            {
                _control.Enqueue(operation);
                return;
            }

            _control = new Queue<ControlOperation>();
        }

        if (runsHere)
            _ = RunControlAsync(operation);
        else
            _ = Task.Run(() => RunControlAsync(operation));
    }

    private async Task RunControlAsync(ControlOperation operation)
    {
        bool isAnother;
        do
        {
            await RunAsync(operation);
            isAnother = TryNextControl(out operation);
            if (_paused)
                TryResume();
        }
        while (isAnother);
    }

    private bool TryNextControl(out ControlOperation operation)
    {
        TaskCompletionSource? idle;
        lock (this)
        {
            if (_control!.TryDequeue(out operation))
                return true;
            _control = null;
            idle = _controlIdle;
        }

        idle?.TrySetResult();
        return false;
    }

    private async ValueTask RunAsync(ControlOperation operation)
    {
        if (operation.Connect is { } connect)
        {
            await ConnectAsync(connect);
            return;
        }

        if (operation.Closed is { } closed)
            _services.Log.Closed(this, closed.Cause, closed.Reason);
        // A session that closed or replaced this connection wants nothing from it, and one that never took it knows nothing of it.
        if (_isSessionDone || !_wasAttached)
        {
            CloseIsKnown();
            return;
        }

        try
        {
            await CallSessionAsync(operation);
            if (operation.Closed is not null)
                CloseIsKnown();
        }
        catch (Exception failure)
        {
            // The call may have happened or not: only a new connection can tell the client where it stands [MQTT311-4.8.0-2].
            _services.Log.ControlFailed(this, NameOf(operation), failure);
            CloseIsKnown();
            FailSessionLost();
        }
    }

    private ValueTask CallSessionAsync(ControlOperation operation)
    {
        if (operation.Subscribe is { } subscribe)
            return _services.Sessions.SubscribeAsync(ClientId, ConnectionId, subscribe, operation.Refusals!);
        if (operation.Unsubscribe is { } unsubscribe)
            return _services.Sessions.UnsubscribeAsync(ClientId, ConnectionId, unsubscribe);
        return operation.Closed is { End: { } end } ? _services.Sessions.DisconnectAsync(ClientId, ConnectionId, end) : ValueTask.CompletedTask;
    }

    private static string NameOf(ControlOperation operation) =>
        operation.Subscribe is not null ? "SUBSCRIBE" : operation.Unsubscribe is not null ? "UNSUBSCRIBE" : "disconnect";
}
