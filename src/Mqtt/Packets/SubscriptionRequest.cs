using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Packets;

/// <summary>One filter of a SUBSCRIBE with its options.</summary>
/// <param name="Text">The filter as it came, valid or not.</param>
/// <param name="QoS">The greatest QoS that the client wants.</param>
/// <param name="NoLocal">Do not send back what this client publishes; false in 3.x.</param>
/// <param name="RetainAsPublished">Keep the RETAIN flag of forwarded messages; false in 3.x.</param>
public sealed record SubscriptionRequest(
    string Text, QoS QoS, bool NoLocal = false, bool RetainAsPublished = false, RetainHandling RetainHandling = RetainHandling.SendAtSubscribe)
{
    /// <summary>Null when the filter is invalid: its SUBACK code is <see cref="ReasonCode.TopicFilterInvalid"/> (3.x: 0x80).</summary>
    public TopicFilter? Filter { get; init; }

    /// <summary>Why <see cref="Filter"/> is null; None otherwise.</summary>
    public SpecViolation FilterViolation { get; init; }
}
