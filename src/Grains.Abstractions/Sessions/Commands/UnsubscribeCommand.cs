namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>Ends one subscription of a session.</summary>
[GenerateSerializer, Immutable, Alias("broker.UnsubscribeCommand")]
public sealed record UnsubscribeCommand([property: Id(0)] CommandAim Aim, [property: Id(1)] string Filter);
