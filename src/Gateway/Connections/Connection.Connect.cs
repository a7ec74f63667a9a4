using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>CONNECT: what the gateway checks itself, authentication, then the session.</content>
internal sealed partial class Connection
{
    // 16 random bytes: no two assigned identifiers meet [MQTT5-3.2.2-16].
    private const int AssignedClientIdBytes = 16;

    private CancellationTokenSource? _connectTime;
    private ConnectPacket? _connect;
    private uint _askedExpirySeconds;
    private uint _grantedExpirySeconds;

    private ReceiveStatus HandleFirst(in FrameHeader header, ReadOnlySpan<byte> body)
    {
        // [MQTT5-3.1.0-1] [MQTT311-3.1.0-1]: whoever does not begin with CONNECT gets no answer.
        if (header.Type != PacketType.Connect)
            return FailSilently(CloseCause.NotMqtt);

        _services.Counters.Add(BrokerCounter.ConnectPackets);
        var violation = PacketDecoder.DecodeConnect(header, body, out var packet, out var level);
        if (violation != SpecViolation.None)
            return RefuseUnreadable(violation, level);

        _version = packet!.Version;
        _maximumPacketSize = packet.MaximumPacketSize;
        _explainsRefusals = IsVersion5 && packet.RequestProblemInformation; // [MQTT5-3.1.2-29]
        _outboundAliasMaximum = Math.Min(packet.TopicAliasMaximum, _services.Limits.MaxOutboundTopicAliases); // 0 in 3.x
        ClientId = packet.ClientId.Length > 0 ? packet.ClientId : AssignClientId(); // [MQTT5-3.1.3-6] [MQTT311-3.1.3-6]
        var reason = CheckConnect(packet);
        if (reason == ReasonCode.Success && !_services.Registry.TryAdd(this, _services.Limits.MaxConnections))
            reason = ReasonCode.QuotaExceeded;
        if (reason != ReasonCode.Success)
            return Refuse(reason); // [MQTT5-3.1.4-2]

        _connect = packet;
        _askedExpirySeconds = packet.SessionExpiryIntervalSeconds;
        _grantedExpirySeconds = Math.Min(_askedExpirySeconds, (uint)_services.Limits.MaxSessionExpiry.TotalSeconds);
        if (!TryEnterConnecting())
            return ReceiveStatus.Closed;
        Enqueue(new ControlOperation(Connect: packet));
        return ReceiveStatus.NeedMoreData;
    }

    /// <summary>A CONNECT that cannot be read: 5.0 is told why, 3.x gets the return codes that it has, or nothing.</summary>
    private ReceiveStatus RefuseUnreadable(SpecViolation violation, byte level)
    {
        _version = level >= (byte)ProtocolVersion.Mqtt5 ? ProtocolVersion.Mqtt5 : ProtocolVersion.Mqtt311;
        var isUnsupported = violation is SpecViolation.ProtocolNameInvalid or SpecViolation.UnsupportedProtocolVersion;
        if (!IsVersion5 && !isUnsupported && violation != SpecViolation.ClientIdRequired)
            return FailSilently(CloseCause.NotMqtt); // [MQTT311-3.1.4-1] [MQTT311-3.2.2-6]

        var reason = SpecViolations.ReasonCodeOf(violation);
        var allowed = ReasonCodes.IsAllowed(reason, PacketType.ConnAck, ProtocolVersion.Mqtt5, PacketSender.Server);
        return Refuse(allowed ? reason : ReasonCode.MalformedPacket, SpecViolations.TextOf(violation)); // [MQTT5-3.1.4-1] [MQTT5-3.1.2-2] [MQTT311-3.1.2-2]
    }

    private ReasonCode CheckConnect(ConnectPacket packet)
    {
        if (_services.Registry.IsCutOff)
            return ReasonCode.ServerUnavailable;
        var limits = _services.Limits;
        if (Encoding.UTF8.GetByteCount(packet.ClientId) > limits.MaxClientIdBytes)
            return ReasonCode.ClientIdentifierNotValid; // [MQTT5-3.1.3-8] [MQTT311-3.1.3-9]
        if (packet.UserProperties.Count > limits.MaxUserProperties)
            return ReasonCode.QuotaExceeded;
        var method = CheckMethod(packet);
        if (method != ReasonCode.Success)
            return method;
        return packet.Will is { } will ? CheckWill(will) : ReasonCode.Success;
    }

    private ReasonCode CheckWill(WillPacket will)
    {
        var limits = _services.Limits;
        if (!IsWithinLimits(will.Topic.Utf8.Span))
            return ReasonCode.TopicNameInvalid;
        if ((int)will.QoS > limits.MaxQoS)
            return ReasonCode.QoSNotSupported; // [MQTT5-3.2.2-12]
        if (will.Retain && !IsRetainAvailable && IsVersion5)
            return ReasonCode.RetainNotSupported; // [MQTT5-3.2.2-13]; 3.x cannot be told: its will is delivered, not retained
        MessageProperties.Decode(will.ForwardedProperties, out var properties);
        if (properties!.UserProperties.Count > limits.MaxUserProperties)
            return ReasonCode.QuotaExceeded;
        if (!limits.ValidatePayloadFormat || properties.PayloadIsUtf8 != true || Utf8.IsValid(will.Payload))
            return ReasonCode.Success;
        _services.Counters.Drop(DropReason.PayloadFormatInvalid);
        return ReasonCode.PayloadFormatInvalid; // MQTT5 section 3.1.3.2.3
    }

    private async ValueTask ConnectAsync(ConnectPacket packet)
    {
        using var trace = _services.Traces?.Connect(ClientId, packet);
        ReasonCode reason;
        using var time = new CancellationTokenSource();
        _connectTime = time;
        try
        {
            reason = await AuthenticateAsync(packet, time.Token);
            if (reason == ReasonCode.Success && packet.Will is { } will && !MayPublish(will.Topic.Utf8.Span))
                reason = ReasonCode.NotAuthorized;
            if (reason == ReasonCode.Success)
                reason = await ConnectInOrderAsync(packet, time.Token);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested || !IsOpen)
        {
            return; // the client has its answer, or is gone
        }
        catch (Exception failure)
        {
            // Whatever failed there, this client is told to come again later.
            reason = ReasonCode.ServerUnavailable;
            _services.Log.ControlFailed(this, "CONNECT", failure);
        }

        finally
        {
            _connectTime = null;
        }

        if (trace is not null)
            ConnectionTraces.End(trace, reason);
        if (reason != ReasonCode.Success)
            Refuse(reason);
        else if (_wasAttached)
            _services.Log.Connected(this, packet);
    }

    private async ValueTask<ReasonCode> ConnectInOrderAsync(ConnectPacket packet, CancellationToken cancellationToken)
    {
        var turn = _services.ConnectOrder.Join(ClientId);
        try
        {
            await turn.Before.WaitAsync(cancellationToken);
            return await _services.ConnectPermits.EnterAsync(cancellationToken) ? await ConnectAtOnceAsync(packet, cancellationToken) : ReasonCode.ServerUnavailable;
        }
        finally
        {
            _services.ConnectOrder.Leave(turn);
        }
    }

    private async ValueTask<ReasonCode> ConnectAtOnceAsync(ConnectPacket packet, CancellationToken cancellationToken)
    {
        try
        {
            return IsOpen ? await _services.Sessions.ConnectAsync(ParametersOf(packet), this, cancellationToken) : ReasonCode.Success;
        }
        finally
        {
            _services.ConnectPermits.Leave();
        }
    }

    private bool TryEnterConnecting()
    {
        lock (this)
        {
            if (_phase == ConnectionPhase.AwaitingConnect)
            {
                _phase = _enhanced is null ? ConnectionPhase.Connecting : ConnectionPhase.Authenticating;
                return true;
            }
        }

        // Closed between the two steps: whoever closed did not find it in the registry.
        _services.Registry.Remove(this, wasAttached: false);
        return false;
    }

    private async ValueTask<ReasonCode> AuthenticateAsync(ConnectPacket packet, CancellationToken cancellationToken)
    {
        var request = new AuthenticationRequest(
            ClientId, packet.UserName, packet.Password, Origin.Remote, Origin.IsLoopback, (byte)_version);
        var result = _enhanced is { } enhanced
            ? await AuthenticateByMethodAsync(enhanced, request, packet.AuthenticationData)
            : await _services.Authenticator.AuthenticateAsync(request, cancellationToken);
        if (result.Outcome != AuthenticationOutcome.Allowed)
            return (ReasonCode)result.Outcome.ToReasonCode();
        _permissions = _services.Authorizer.For(result.Identity!, ClientId);
        return ReasonCode.Success;
    }

    private ConnectParameters ParametersOf(ConnectPacket packet) => new()
    {
        ClientId = ClientId, // [MQTT5-3.1.3-2] [MQTT311-3.1.3-2]
        Version = _version,
        CleanStart = packet.CleanStart, // [MQTT5-3.1.4-4] [MQTT311-3.1.4-3]
        SessionExpiryIntervalSeconds = _grantedExpirySeconds,
        KeepAliveSeconds = KeepAliveOf(packet),
        ReceiveMaximum = (ushort)Math.Min(packet.ReceiveMaximum, _services.Limits.MaxInflight), // [MQTT5-4.9.0-1]
        UserName = _enhanced is { } enhanced ? enhanced.Identity!.UserName : packet.UserName,
        Will = packet.Will is { } will ? WillOf(will) : null, // [MQTT311-3.1.2-12]
    };

    /// <summary>The server's override reaches only 5.0 clients: a 3.x client that is not told would be closed for keeping its own promise.</summary>
    private ushort KeepAliveOf(ConnectPacket packet)
    {
        var longest = (ushort)_services.Limits.MaxKeepAlive.TotalSeconds;
        if (!IsVersion5 || longest == ushort.MaxValue)
            return packet.KeepAliveSeconds; // [MQTT5-3.2.2-22]
        return packet.KeepAliveSeconds == 0 ? longest : Math.Min(packet.KeepAliveSeconds, longest);
    }

    private static WillMessage WillOf(WillPacket will)
    {
        byte[] body = [.. will.Topic.Utf8.Span, .. will.ForwardedProperties, .. will.Payload]; // [MQTT5-3.1.3-10]
        return new WillMessage(
            body,
            will.Topic.Utf8.Length,
            will.ForwardedProperties.Length,
            will.QoS,
            will.Retain, // [MQTT5-3.1.2-14] [MQTT5-3.1.2-15] [MQTT311-3.1.2-16] [MQTT311-3.1.2-17]
            will.DelayIntervalSeconds,
            will.HasMessageExpiryInterval ? will.MessageExpiryIntervalSeconds : null);
    }

    private static string AssignClientId() => "auto-" + RandomNumberGenerator.GetHexString(2 * AssignedClientIdBytes, lowercase: true);
}
