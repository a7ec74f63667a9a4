namespace OrleansBroker.Mqtt.Packets;

/// <summary>UNSUBSCRIBE (MQTT5 section 3.10).</summary>
public sealed record UnsubscribePacket : ControlPacket
{
    public override PacketType Type => PacketType.Unsubscribe;

    /// <summary>Never 0.</summary>
    public required ushort PacketIdentifier { get; init; }

    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>At least one, in the order of the packet.</summary>
    public required IReadOnlyList<UnsubscriptionRequest> Requests { get; init; }
}
