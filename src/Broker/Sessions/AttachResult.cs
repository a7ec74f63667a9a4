namespace OrleansBroker.Broker.Sessions;

/// <summary>What CONNECT found and what must be stored before CONNACK.</summary>
/// <param name="SessionPresent">[MQTT5-3.2.2-2] [MQTT5-3.2.2-3] [MQTT311-3.2.2-1] [MQTT311-3.2.2-2] [MQTT311-3.2.2-3]: state of an earlier connection goes on.</param>
/// <param name="Number">The journal number that CONNACK promises; 0 for a transient session.</param>
public readonly record struct AttachResult(bool SessionPresent, ulong Number);
