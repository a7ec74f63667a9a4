namespace OrleansBroker.Mqtt.Packets;

/// <summary>When a SUBSCRIBE makes the server send retained messages (MQTT5 section 3.8.3.1). 3.x always means SendAtSubscribe.</summary>
public enum RetainHandling : byte
{
    SendAtSubscribe = 0,
    SendIfNewSubscription = 1,
    DoNotSend = 2,
}
