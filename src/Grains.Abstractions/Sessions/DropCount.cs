namespace OrleansBroker.Grains.Sessions;

/// <summary>Messages that ended without being delivered.</summary>
/// <param name="Reason">By the name that <c>$SYS</c> and the metrics have.</param>
[GenerateSerializer, Immutable, Alias("broker.DropCount")]
public readonly record struct DropCount([property: Id(0)] string Reason, [property: Id(1)] long Count);
