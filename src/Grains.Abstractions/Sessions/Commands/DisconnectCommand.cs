using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>Ends a session's connection; the session stays by its expiry interval.</summary>
/// <param name="Reason">Of the DISCONNECT that a 5.0 client gets.</param>
/// <param name="ServerReference">Where the client is to go instead, with Use another server and Server moved; null for nowhere.</param>
[GenerateSerializer, Immutable, Alias("broker.DisconnectCommand")]
public sealed record DisconnectCommand(
    [property: Id(0)] CommandAim Aim,
    [property: Id(1)] ReasonCode Reason,
    [property: Id(2)] bool PublishWill,
    [property: Id(3)] string? ServerReference);
