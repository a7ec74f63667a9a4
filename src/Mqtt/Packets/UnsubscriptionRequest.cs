using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>One filter of an UNSUBSCRIBE.</summary>
/// <param name="Text">The filter as it came, valid or not.</param>
public sealed record UnsubscriptionRequest(string Text)
{
    /// <summary>Null when the filter is invalid: its UNSUBACK code is <see cref="ReasonCode.TopicFilterInvalid"/> (3.x has no code).</summary>
    public TopicFilter? Filter { get; init; }

    /// <summary>Why <see cref="Filter"/> is null; None otherwise.</summary>
    public SpecViolation FilterViolation { get; init; }
}
