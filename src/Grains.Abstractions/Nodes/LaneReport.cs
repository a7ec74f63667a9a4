namespace OrleansBroker.Grains.Nodes;

/// <summary>What waits in a node's lanes of one kind, to all other nodes.</summary>
/// <param name="Lane">As the metrics name it.</param>
[GenerateSerializer, Immutable, Alias("broker.LaneReport")]
public sealed record LaneReport(
    [property: Id(0)] string Lane,
    [property: Id(1)] long WaitingItems,
    [property: Id(2)] long WaitingBytes);
