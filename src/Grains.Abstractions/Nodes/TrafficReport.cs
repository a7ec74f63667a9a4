namespace OrleansBroker.Grains.Nodes;

/// <summary>What a node's connections have moved in one direction.</summary>
/// <param name="Packets">Control packets of any type.</param>
/// <param name="Bytes">Of these.</param>
/// <param name="Messages">PUBLISH packets at QoS 0, 1, 2.</param>
/// <param name="PayloadBytes">Of these, likewise.</param>
[GenerateSerializer, Immutable, Alias("broker.TrafficReport")]
public sealed record TrafficReport(
    [property: Id(0)] long Packets,
    [property: Id(1)] long Bytes,
    [property: Id(2)] long[] Messages,
    [property: Id(3)] long[] PayloadBytes);
