namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>Where properties stand: the last column of the table in MQTT5 section 2.2.2.2.</summary>
[Flags]
internal enum Place
{
    None = 0,
    Connect = 1 << 0,
    Will = 1 << 1,
    ConnAck = 1 << 2,
    Publish = 1 << 3,
    Acknowledgement = 1 << 4,
    Subscribe = 1 << 5,
    SubAck = 1 << 6,
    Unsubscribe = 1 << 7,
    UnsubAck = 1 << 8,
    Disconnect = 1 << 9,
    Auth = 1 << 10,
    Everywhere = (1 << 11) - 1,
}
