namespace OrleansBroker.Mqtt.Packets;

/// <summary>SUBSCRIBE (MQTT5 section 3.8).</summary>
public sealed record SubscribePacket : ControlPacket
{
    public override PacketType Type => PacketType.Subscribe;

    /// <summary>Never 0.</summary>
    public required ushort PacketIdentifier { get; init; }

    /// <summary>1..268 435 455, or 0 = none.</summary>
    public uint SubscriptionIdentifier { get; init; }

    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    /// <summary>At least one, in the order of the packet.</summary>
    public required IReadOnlyList<SubscriptionRequest> Requests { get; init; }
}
