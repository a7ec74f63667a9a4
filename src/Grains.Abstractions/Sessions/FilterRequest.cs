using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>One filter of a SUBSCRIBE with its options byte as on the wire, and the gateway's refusal (Success for none).</summary>
[GenerateSerializer, Immutable, Alias("broker.FilterRequest")]
public readonly record struct FilterRequest(
    [property: Id(0)] string Filter,
    [property: Id(1)] byte QoS,
    [property: Id(2)] bool NoLocal,
    [property: Id(3)] bool RetainAsPublished,
    [property: Id(4)] byte RetainHandling,
    [property: Id(5)] ReasonCode Refusal);
