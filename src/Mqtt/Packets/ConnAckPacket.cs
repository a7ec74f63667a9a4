using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>CONNACK (MQTT5 section 3.2). Defaults are those of the standard and are not written.</summary>
public sealed record ConnAckPacket : ReasonedPacket
{
    public override PacketType Type => PacketType.ConnAck;

    public bool SessionPresent { get; init; }

    /// <summary>In 3.x written as return code 0 to 5, see <see cref="ReasonCodes.ToReturnCode"/>.</summary>
    public ReasonCode ReasonCode { get; init; }

    /// <summary>Null: as the client asked.</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>2 is the default and has no value on the wire.</summary>
    public QoS MaximumQoS { get; init; } = QoS.ExactlyOnce;

    public bool RetainAvailable { get; init; } = true;

    /// <summary>Bytes of the whole packet that the server accepts; <see cref="uint.MaxValue"/> = no limit.</summary>
    public uint MaximumPacketSize { get; init; } = uint.MaxValue;

    public string? AssignedClientId { get; init; }

    public ushort TopicAliasMaximum { get; init; }

    public bool WildcardSubscriptionAvailable { get; init; } = true;

    public bool SubscriptionIdentifiersAvailable { get; init; } = true;

    public bool SharedSubscriptionAvailable { get; init; } = true;

    /// <summary>Null: as the client asked.</summary>
    public ushort? ServerKeepAliveSeconds { get; init; }

    public string? ResponseInformation { get; init; }

    public string? ServerReference { get; init; }

    public string? AuthenticationMethod { get; init; }

    public byte[]? AuthenticationData { get; init; }
}
