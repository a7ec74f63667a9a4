using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>How a connection ended, as far as its session must know.</summary>
/// <param name="Reason">What the log and the presence feed say.</param>
/// <param name="PublishWill">False only after DISCONNECT 0x00 of the client [MQTT5-3.1.2-8] [MQTT311-3.1.2-8].</param>
/// <param name="SessionExpiryIntervalSeconds">The value of a 5.0 DISCONNECT that changes it, or null.</param>
[GenerateSerializer, Immutable, Alias("broker.ConnectionEnd")]
public sealed record ConnectionEnd(
    [property: Id(0)] ReasonCode Reason,
    [property: Id(1)] bool PublishWill,
    [property: Id(2)] uint? SessionExpiryIntervalSeconds = null);
