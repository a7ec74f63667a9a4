namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>Ends a session, connected or not.</summary>
/// <param name="PublishWill">Also a will whose delay is running.</param>
[GenerateSerializer, Immutable, Alias("broker.EndCommand")]
public sealed record EndCommand([property: Id(0)] CommandAim Aim, [property: Id(1)] bool PublishWill);
