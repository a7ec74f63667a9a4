using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Nodes;

/// <summary>Some of the routes that a silo holds.</summary>
/// <param name="Parts">How many pages there are, this one included: at least 1.</param>
[GenerateSerializer, Immutable, Alias("broker.HeldRoutes")]
public readonly record struct HeldRoutesPage([property: Id(0)] RouteRecord[] Routes, [property: Id(1)] int Parts);
