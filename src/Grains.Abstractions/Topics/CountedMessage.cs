namespace OrleansBroker.Grains.Topics;

/// <summary>A message on its way to its shard by grain call.</summary>
/// <param name="Body">Topic, then forwarded properties as encoded in 5.0, then payload.</param>
/// <param name="LeftMilliseconds">Until it expires; negative for never.</param>
[GenerateSerializer, Immutable, Alias("broker.CountedMessage")]
public readonly record struct CountedMessage(
    [property: Id(0)] byte[] Body,
    [property: Id(1)] int TopicLength,
    [property: Id(2)] int PropertiesLength,
    [property: Id(3)] byte QoS,
    [property: Id(4)] bool Retain,
    [property: Id(5)] long LeftMilliseconds);
