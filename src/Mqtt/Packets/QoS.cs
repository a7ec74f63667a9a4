namespace OrleansBroker.Mqtt.Packets;

/// <summary>Quality of service; 3 is never valid on the wire [MQTT5-3.3.1-4].</summary>
public enum QoS : byte
{
    AtMostOnce = 0,
    AtLeastOnce = 1,
    ExactlyOnce = 2,
}
