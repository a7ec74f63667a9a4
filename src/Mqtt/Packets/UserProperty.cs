namespace OrleansBroker.Mqtt.Packets;

/// <summary>One User Property. A name may occur several times and the order is kept (MQTT5 section 3.3.2.3.7).</summary>
public readonly record struct UserProperty(string Name, string Value);
