using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>A silo's sessions in order.</summary>
/// <param name="Reached">The page is complete up to this client id; null: up to the last that was asked for.</param>
[GenerateSerializer, Immutable, Alias("broker.NodeSessionsPage")]
public sealed record NodeSessionsPage([property: Id(0)] SessionItem[] Items, [property: Id(1)] string? Reached, [property: Id(2)] int Looked);
