namespace OrleansBroker.Grains.Nodes;

/// <summary>A <see cref="Broker.Messages.MessageOrigin"/> between silos.</summary>
[GenerateSerializer, Immutable, Alias("broker.Origin")]
public sealed record OriginRecord([property: Id(0)] long Incarnation, [property: Id(1)] long Sequence, [property: Id(2)] long LowestOpen);
