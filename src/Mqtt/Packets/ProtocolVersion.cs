namespace OrleansBroker.Mqtt.Packets;

/// <summary>The protocol level of a connection, as CONNECT carries it. 0 (no member) means: not yet known, before CONNECT.</summary>
public enum ProtocolVersion : byte
{
    Mqtt31 = 3,
    Mqtt311 = 4,
    Mqtt5 = 5,
}
