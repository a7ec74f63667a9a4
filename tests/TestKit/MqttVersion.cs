namespace OrleansBroker.TestKit;

/// <summary>The protocol level byte of CONNECT.</summary>
public enum MqttVersion
{
    V31 = 3,
    V311 = 4,
    V50 = 5,
}
