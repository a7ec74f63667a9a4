using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>A session's answer to a command.</summary>
/// <param name="Now">The session as it is after the command.</param>
/// <param name="Reason">Of <see cref="CommandOutcome.Refused"/>, as a SUBACK would say it; of a subscription that was granted its QoS.</param>
/// <param name="Existed">The subscription was there before, with these options or others.</param>
[GenerateSerializer, Immutable, Alias("broker.CommandAnswer")]
public readonly record struct CommandAnswer(
    [property: Id(0)] CommandOutcome Outcome,
    [property: Id(1)] CommandAim Now = default,
    [property: Id(2)] ReasonCode Reason = ReasonCode.Success,
    [property: Id(3)] bool Existed = false);
