using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>The Will Message of a CONNECT (MQTT5 sections 3.1.3.2 to 3.1.3.4).</summary>
public sealed record WillPacket
{
    public required TopicName Topic { get; init; }

    public byte[] Payload { get; init; } = [];

    public QoS QoS { get; init; }

    public bool Retain { get; init; }

    /// <summary>Seconds between the end of the connection and the will; 0 in 3.x.</summary>
    public uint DelayIntervalSeconds { get; init; }

    public bool HasMessageExpiryInterval { get; init; }

    public uint MessageExpiryIntervalSeconds { get; init; }

    /// <summary>
    /// Encoded, without length: the properties that go unaltered into the PUBLISH, in their order (see <see cref="PublishProperties.ForwardedLength"/>).
    /// </summary>
    public byte[] ForwardedProperties { get; init; } = [];
}
