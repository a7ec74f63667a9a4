namespace OrleansBroker.Mqtt.Codec;

/// <summary>The connect flags; bits 4-3 are Will QoS (MQTT5 section 3.1.2.3).</summary>
[Flags]
internal enum ConnectFlags
{
    None = 0,
    Reserved = 1 << 0,
    CleanStart = 1 << 1,
    Will = 1 << 2,
    WillQoS = 0b11 << 3,
    WillRetain = 1 << 5,
    Password = 1 << 6,
    UserName = 1 << 7,
}
