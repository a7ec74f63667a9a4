using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>A will as it stands in CONNECT [MQTT5-3.1.2-7]; becomes a publication when it is due.</summary>
/// <param name="Body">Topic, forwarded properties (5.0 encoding) and payload in one array; owned by the will.</param>
/// <param name="DelaySeconds">Will Delay Interval; 0 for 3.x.</param>
/// <param name="ExpirySeconds">Message Expiry Interval in seconds counted from publication, or null.</param>
public sealed record WillMessage(
    byte[] Body,
    int TopicLength,
    int PropertiesLength,
    QoS QoS,
    bool Retain,
    uint DelaySeconds,
    uint? ExpirySeconds);
