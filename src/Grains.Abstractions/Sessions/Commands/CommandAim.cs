namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>
/// What a command is meant for, so that one that is given again, because its answer was lost, does not hit the session or connection that came after. A connection that
/// the session has kept under a new epoch is the same.
/// </summary>
/// <param name="Gateway">Of the connection at that time; null for none, or when it does not matter.</param>
[GenerateSerializer, Immutable, Alias("broker.CommandAim")]
public readonly record struct CommandAim([property: Id(0)] SessionStamp Stamp, [property: Id(1)] SiloAddress? Gateway, [property: Id(2)] long ConnectionId);
