namespace OrleansBroker.Mqtt.Codec;

/// <summary>Where properties stand: a packet type's bit, or the will's.</summary>
[Flags]
internal enum PropertyScope
{
    None = 0,
    Will = 1 << 0,
    Connect = 1 << 1,
    ConnAck = 1 << 2,
    Publish = 1 << 3,
    PubAck = 1 << 4,
    Subscribe = 1 << 8,
    SubAck = 1 << 9,
    Unsubscribe = 1 << 10,
    UnsubAck = 1 << 11,
    Disconnect = 1 << 14,
    Auth = 1 << 15,
    Reasoned = ConnAck | PubAck | SubAck | UnsubAck | Disconnect | Auth,
    All = Will | Connect | Publish | Subscribe | Unsubscribe | Reasoned,
}
