namespace OrleansBroker.Grains.Topics;

/// <summary>A retained message as its shard shows it.</summary>
/// <param name="Topic">UTF-8.</param>
/// <param name="ExpiresAtUtcMilliseconds"><see cref="long.MaxValue"/> for never.</param>
/// <param name="Publisher">Client id; empty when it was not a client.</param>
/// <param name="PayloadBytes">How long the payload is, here or not.</param>
/// <param name="PropertiesBytes">How long the properties are, here or not.</param>
/// <param name="Properties">As encoded in 5.0, without length; null when contents were not asked for.</param>
/// <param name="Payload">Null when contents were not asked for.</param>
[GenerateSerializer, Immutable, Alias("broker.RetainedMessage")]
public sealed record RetainedRecord(
    [property: Id(0)] byte[] Topic,
    [property: Id(1)] byte QoS,
    [property: Id(2)] long ExpiresAtUtcMilliseconds,
    [property: Id(3)] string Publisher,
    [property: Id(4)] int PayloadBytes,
    [property: Id(5)] int PropertiesBytes,
    [property: Id(6)] byte[]? Properties,
    [property: Id(7)] byte[]? Payload);
