using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>CONNACK: the session's answer, completed with what only the gateway knows, or a refusal.</content>
internal sealed partial class Connection
{
    private bool IsRetainAvailable => _services.Limits is { RetainAvailable: true, MaxRetainedMessages: > 0 };

    /// <inheritdoc/>
    public void Attached(ISessionEntry session, ConnAckPacket packet)
    {
        if (Interlocked.Exchange(ref _connect, null) is not { } connect)
            return; // only once [MQTT5-3.2.0-2]

        var complete = Fit(Complete(packet, connect));
        Volatile.Write(ref _lastPacketMilliseconds, _services.Clock.NowMilliseconds); // the broker took its time, not the client
        bool isAttached;
        lock (this)
        {
            _session = session;
            _wasAttached = true;
            isAttached = _phase == ConnectionPhase.Connecting && complete is not null;
            if (isAttached)
            {
                // First of all packets: in earlier phases nothing is appended (invariant B18).
                AppendPacket(complete!); // [MQTT5-3.1.4-5] [MQTT5-3.2.0-1] [MQTT311-3.1.4-4] [MQTT311-3.2.0-1]
                _phase = ConnectionPhase.Attached;
            }
        }

        if (!isAttached)
        {
            AttachedTooLate();
            return;
        }

        _services.Registry.Attached(this);
        NotifyOutput();
        _transport.ResumeInput();
    }

    /// <summary>Response Information is the server's to give (MQTT5 section 3.2.2.3.15): a client is rather accepted without it than refused.</summary>
    private ConnAckPacket? Fit(ConnAckPacket packet) =>
        PacketEncoder.Fit(packet, _version, _maximumPacketSize)
        ?? (packet.ResponseInformation is null ? null : PacketEncoder.Fit(packet with { ResponseInformation = null }, _version, _maximumPacketSize));

    private ConnAckPacket Complete(ConnAckPacket packet, ConnectPacket connect)
    {
        var limits = _services.Limits;
        var expiry = packet.SessionExpiryIntervalSeconds ?? _grantedExpirySeconds;
        var keepAlive = KeepAliveOf(connect);
        // Never Response Information; an authentication method only where CONNECT had one [MQTT5-3.1.2-28] [MQTT5-4.12.0-6].
        return packet with
        {
            SessionExpiryIntervalSeconds = expiry == _askedExpirySeconds ? null : expiry,
            ReceiveMaximum = (ushort)limits.ReceiveMaximum,
            MaximumQoS = (QoS)limits.MaxQoS, // [MQTT5-3.2.2-9]
            RetainAvailable = IsRetainAvailable,
            MaximumPacketSize = limits.MaxPacketSize < PacketEncoder.MaximumPacketLength ? (uint)limits.MaxPacketSize : uint.MaxValue,
            AssignedClientId = connect.ClientId.Length == 0 ? ClientId : null, // [MQTT5-3.1.3-7] [MQTT5-3.2.2-16]
            TopicAliasMaximum = (ushort)limits.MaxTopicAliases,
            WildcardSubscriptionAvailable = limits.WildcardSubscriptionAvailable,
            SubscriptionIdentifiersAvailable = limits.SubscriptionIdentifierAvailable,
            SharedSubscriptionAvailable = limits.SharedSubscriptionAvailable,
            ServerKeepAliveSeconds = keepAlive == connect.KeepAliveSeconds ? null : keepAlive,
            AuthenticationMethod = _enhanced?.Method.Name, // [MQTT5-4.12.0-5] [MQTT5-4.12.0-6]
            AuthenticationData = _enhanced?.FinalData,
            ResponseInformation = connect.RequestResponseInformation ? _services.ResponseInformation.Of(ClientId) : null, // [MQTT5-3.1.2-28]
        };
    }

    /// <summary>Answers CONNECT with a failure and closes; the session, if it is asked at all, has refused.</summary>
    private ReceiveStatus Refuse(ReasonCode reason, string? text = null)
    {
        var packet = new ConnAckPacket { ReasonCode = reason, ReasonString = text ?? ReasonTexts.OfConnection(reason) };
        // What the client sent behind CONNECT is never read [MQTT5-3.1.4-6] [MQTT5-3.2.2-7] [MQTT5-4.13.2-1] [MQTT311-3.1.4-5] [MQTT311-3.2.2-5].
        BeginClose(CloseCause.Refused, reason, PacketEncoder.Fit(packet, _version, _maximumPacketSize), end: null);
        return ReceiveStatus.Closed;
    }
}
