using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>DISCONNECT (MQTT5 section 3.14). A 3.x server has no DISCONNECT: it closes the connection.</summary>
public sealed record DisconnectPacket : ReasonedPacket
{
    public override PacketType Type => PacketType.Disconnect;

    public ReasonCode ReasonCode { get; init; }

    /// <summary>Client only. Null: as in CONNECT.</summary>
    public uint? SessionExpiryIntervalSeconds { get; init; }

    /// <summary>Server only.</summary>
    public string? ServerReference { get; init; }
}
