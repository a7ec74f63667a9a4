using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>AUTH (MQTT5 section 3.15); 5.0 only.</summary>
public sealed record AuthPacket : ReasonedPacket
{
    public override PacketType Type => PacketType.Auth;

    public ReasonCode ReasonCode { get; init; }

    /// <summary>Null only in a server's packet without body, which means Success.</summary>
    public string? AuthenticationMethod { get; init; }

    public byte[]? AuthenticationData { get; init; }
}
