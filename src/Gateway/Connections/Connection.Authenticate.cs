using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Enhanced;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>Enhanced authentication (MQTT5 section 4.12): the exchange between CONNECT and CONNACK, and re-authentication, beside which everything goes on.</content>
internal sealed partial class Connection
{
    // Null for every client whose CONNECT named no method.
    private EnhancedAuthentication? _enhanced;

    private ReasonCode CheckMethod(ConnectPacket packet)
    {
        if (packet.AuthenticationMethod is not { } name)
            return ReasonCode.Success;
        if (_services.Methods.Find(name) is not { } method)
            return ReasonCode.BadAuthenticationMethod; // [MQTT5-4.12.0-1]
        if (IsTooLong(packet.AuthenticationData))
            return ReasonCode.QuotaExceeded;
        _enhanced = new EnhancedAuthentication(method);
        return ReasonCode.Success;
    }

    /// <summary>At first CONNECT; during an exchange AUTH and DISCONNECT.</summary>
    private ReceiveStatus HandleBeforeConnAck(in FrameHeader header, ReadOnlySpan<byte> body) => _phase switch
    {
        ConnectionPhase.AwaitingConnect => HandleFirst(in header, body),
        ConnectionPhase.Closing => ReceiveStatus.Closed,
        _ when header.Type == PacketType.Auth => HandleAuth(body),
        _ when header.Type == PacketType.Disconnect => HandleDisconnect(body),
        _ => Fail(ReasonCode.ProtocolError, "Nothing but AUTH and DISCONNECT may come before CONNACK"), // [MQTT5-3.1.2-30]
    };

    private ReceiveStatus HandleAuth(ReadOnlySpan<byte> body)
    {
        if (_enhanced is not { } enhanced)
            return Fail(ReasonCode.ProtocolError, "AUTH without an authentication method in CONNECT"); // [MQTT5-4.12.0-7]

        var violation = PacketDecoder.DecodeAuth(_version, body, out var packet);
        if (violation != SpecViolation.None)
            return Fail(violation);
        if (packet!.AuthenticationMethod != enhanced.Method.Name)
            return Fail(ReasonCode.ProtocolError, "AUTH names another method than CONNECT"); // [MQTT5-4.12.0-5] [MQTT5-4.12.1-1]
        if (packet.UserProperties.Count > _services.Limits.MaxUserProperties)
            return Fail(ReasonCode.QuotaExceeded, TooManyProperties);
        if (IsTooLong(packet.AuthenticationData))
            return Fail(ReasonCode.QuotaExceeded, "The authentication data are longer than this server allows");

        // Only an AUTH of ours may be answered, and with nothing but 0x18 [MQTT5-4.12.0-3].
        var isInTurn = packet.ReasonCode == ReasonCode.ReAuthenticate
            ? TryReauthenticate(enhanced, packet.AuthenticationData)
            : enhanced.Run is { } run && run.TryAnswer(packet.AuthenticationData);
        return isInTurn ? ReceiveStatus.NeedMoreData : Fail(ReasonCode.ProtocolError, "AUTH comes out of turn");
    }

    private bool IsTooLong(byte[]? data) => data?.Length > _services.Limits.MaxAuthenticationDataBytes;

    /// <summary>CONNECT's exchange. Its time is that of the CONNECT, which the registry's clock watches.</summary>
    /// <exception cref="OperationCanceledException">The connection closes.</exception>
    private async ValueTask<AuthenticationResult> AuthenticateByMethodAsync(EnhancedAuthentication enhanced, AuthenticationRequest request, byte[]? data)
    {
        using var run = NewRun(enhanced, request, Timeout.InfiniteTimeSpan);
        if (!TryBegin(enhanced, run, ConnectionPhase.Authenticating))
            throw new OperationCanceledException();
        var step = await run.RunAsync(data, AskClient);
        enhanced.Run = null;
        if (step.Kind != ExchangeStepKind.Done)
            return step.Result;
        enhanced.Identity = step.Result.Identity;
        enhanced.FinalData = step.Data;
        return TryLeaveExchange() ? step.Result : throw new OperationCanceledException();
    }

    private bool TryReauthenticate(EnhancedAuthentication enhanced, byte[]? data)
    {
        if (_phase != ConnectionPhase.Attached || enhanced.Run is not null)
            return false;
        _ = ReauthenticateAsync(enhanced, data);
        return true;
    }

    /// <summary>Beside the control operations: a SUBSCRIBE does not wait for a slow method.</summary>
    private async Task ReauthenticateAsync(EnhancedAuthentication enhanced, byte[]? data)
    {
        try
        {
            var request = new AuthenticationRequest(ClientId, UserName: null, Password: null, Origin.Remote, Origin.IsLoopback, (byte)_version);
            using var run = NewRun(enhanced, request, _services.Timing.ConnectTimeout);
            if (!TryBegin(enhanced, run, ConnectionPhase.Attached))
                return;
            var step = await run.RunAsync(data, AskClient);
            enhanced.Run = null; // the client may begin anew as soon as it knows
            EndReauthentication(enhanced, step);
        }
        catch (OperationCanceledException)
        {
            FailReauthentication(ReasonCode.NotAuthorized, "The re-authentication took too long"); // nothing if the connection closes anyway
        }
        catch (Exception failure)
        {
            _services.Log.ControlFailed(this, "AUTH", failure);
            FailReauthentication(ReasonCode.ServerBusy, "The re-authentication could not be decided");
        }
    }

    private void EndReauthentication(EnhancedAuthentication enhanced, ExchangeStep step)
    {
        if (step.Result.Outcome == AuthenticationOutcome.Unavailable)
        {
            FailReauthentication(ReasonCode.ServerBusy, "The re-authentication could not be decided");
        }
        else if (step.Kind != ExchangeStepKind.Done)
        {
            FailReauthentication(ReasonCode.NotAuthorized, "The re-authentication failed");
        }
        else if (step.Result.Identity != enhanced.Identity)
        {
            // Session, subscriptions and will are the first user's.
            FailReauthentication(ReasonCode.NotAuthorized, "A re-authentication may not change the user");
        }
        else
        {
            Volatile.Write(ref _permissions, _services.Authorizer.For(enhanced.Identity!, ClientId));
            SendAuth(ReasonCode.Success, step.Data);
        }
    }

    /// <summary>The client is told and closed [MQTT5-4.12.1-2].</summary>
    private void FailReauthentication(ReasonCode reason, string text) => BeginClose(CloseCause.ReauthenticationFailed, reason, text);

    private ExchangeRun NewRun(EnhancedAuthentication enhanced, AuthenticationRequest request, TimeSpan time) =>
        new(enhanced.Method.Start(request), _services.Limits.MaxAuthenticationSteps, time, _services.Clock.TimeProvider);

    /// <summary>From now on a close ends the run.</summary>
    private bool TryBegin(EnhancedAuthentication enhanced, ExchangeRun run, ConnectionPhase phase)
    {
        lock (this)
        {
            if (_phase != phase)
                return false;
            enhanced.Run = run;
            return true;
        }
    }

    private bool TryLeaveExchange()
    {
        lock (this)
        {
            if (_phase != ConnectionPhase.Authenticating)
                return false;
            _phase = ConnectionPhase.Connecting;
            return true;
        }
    }

    private void AskClient(byte[]? data) => SendAuth(ReasonCode.ContinueAuthentication, data); // [MQTT5-4.12.0-2]

    private void SendAuth(ReasonCode reason, byte[]? data)
    {
        // The method's name in each [MQTT5-4.12.0-5]; none for a client that named none [MQTT5-4.12.0-6].
        var packet = new AuthPacket { ReasonCode = reason, AuthenticationMethod = _enhanced!.Method.Name, AuthenticationData = data };
        if (PacketEncoder.Fit(packet, _version, _maximumPacketSize) is null)
        {
            Fail(ReasonCode.PacketTooLarge, "AUTH exceeds the client's maximum packet size"); // [MQTT5-3.1.2-24]
            return;
        }

        lock (this)
        {
            if (_phase is ConnectionPhase.Authenticating or ConnectionPhase.Attached)
                AppendPacket(packet);
        }

        NotifyOutput();
    }
}
