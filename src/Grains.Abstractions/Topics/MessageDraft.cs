using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Topics;

/// <summary>A message as somebody who is no client wants it published. Nothing of it has been checked.</summary>
public sealed record MessageDraft
{
    public required string Topic { get; init; }

    public ReadOnlyMemory<byte> Payload { get; init; }

    public QoS QoS { get; init; }

    public bool Retain { get; init; }

    /// <summary>Message Expiry Interval in seconds; null for none.</summary>
    public uint? ExpirySeconds { get; init; }

    public MessageProperties Properties { get; init; } = new();
}
