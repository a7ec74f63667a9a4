namespace OrleansBroker.Mqtt.Packets;

/// <summary>PUBLISH (MQTT5 section 3.3) as views on the packet's bytes: valid as long as those are.</summary>
public readonly ref struct PublishPacket
{
    /// <summary>A valid Topic Name, or empty when <see cref="PublishProperties.TopicAlias"/> stands for it.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public QoS QoS { get; init; }

    public bool Dup { get; init; }

    public bool Retain { get; init; }

    /// <summary>0 exactly at QoS 0.</summary>
    public ushort PacketIdentifier { get; init; }

    public PublishProperties Properties { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }
}
