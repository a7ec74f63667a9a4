using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <summary>A session's filter as a shard takes it: identity, options, and where the session is.</summary>
[GenerateSerializer, Immutable, Alias("broker.Route")]
public sealed record RouteRecord(
    [property: Id(0)] string ClientId,
    [property: Id(1)] string Filter,
    [property: Id(2)] long Incarnation,
    [property: Id(3)] uint Version,
    [property: Id(4)] byte QoS,
    [property: Id(5)] bool NoLocal,
    [property: Id(6)] bool RetainAsPublished,
    [property: Id(7)] uint Identifier,
    [property: Id(8)] bool IsDurable,
    [property: Id(9)] bool SendRetained,
    [property: Id(10)] SiloAddress? Silo)
{
    /// <summary>The session's own filter, so that a shard of the same silo shares it; not sent to another.</summary>
    [field: NonSerialized]
    public TopicFilter? Parsed { get; init; }
}
