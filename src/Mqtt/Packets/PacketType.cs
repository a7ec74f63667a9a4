namespace OrleansBroker.Mqtt.Packets;

/// <summary>The control packet type: bits 7-4 of the first byte. 0 is forbidden in all versions, 15 before 5.0 (MQTT5 section 2.1.2).</summary>
public enum PacketType : byte
{
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}
