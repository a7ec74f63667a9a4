using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>Which of a silo's sessions are wanted.</summary>
/// <param name="After">Client ids behind this; null: from the first on.</param>
/// <param name="Until">Up to this one; null: to the last.</param>
/// <param name="Limit">Sessions of a page, 1 or more.</param>
/// <param name="IsStoreRead">The store is read as well: it must be told of every session that it may have and that is ruled out.</param>
[GenerateSerializer, Immutable, Alias("broker.NodeSessionsRequest")]
public sealed record NodeSessionsRequest(
    [property: Id(0)] SessionQuery Query,
    [property: Id(1)] string? After,
    [property: Id(2)] string? Until,
    [property: Id(3)] int Limit,
    [property: Id(4)] bool IsStoreRead);
