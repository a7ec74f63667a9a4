using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Topics;

/// <summary>A message that keeps the rules, encoded.</summary>
/// <param name="Body">Topic, then forwarded properties as encoded in 5.0, then payload.</param>
internal readonly record struct ComposedMessage(byte[] Body, int TopicLength, int PropertiesLength, QoS QoS, bool Retain, uint? ExpirySeconds)
{
    public ReadOnlySpan<byte> Topic => Body.AsSpan(0, TopicLength);
}
