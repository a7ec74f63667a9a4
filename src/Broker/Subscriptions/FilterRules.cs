using OrleansBroker.Broker.Options;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>Which filters this server takes, whoever subscribes.</summary>
public static class FilterRules
{
    /// <summary>The filter's size against the limits, then <see cref="CheckAvailability"/>.</summary>
    /// <param name="filter">Null for a text that is no filter.</param>
    public static ReasonCode Check(TopicFilter? filter, LimitsOptions limits) =>
        filter is null || filter.LevelCount > limits.MaxTopicLevels || filter.Utf8.Length > limits.MaxTopicBytes
            ? ReasonCode.TopicFilterInvalid
            : CheckAvailability(filter, limits);

    /// <summary>What this server does not have, as CONNACK says (MQTT5 sections 3.2.2.3.11 and 3.2.2.3.13).</summary>
    public static ReasonCode CheckAvailability(TopicFilter filter, LimitsOptions limits)
    {
        if (filter.IsShared && !limits.SharedSubscriptionAvailable) return ReasonCode.SharedSubscriptionsNotSupported;
        return filter.HasWildcards && !limits.WildcardSubscriptionAvailable ? ReasonCode.WildcardSubscriptionsNotSupported : ReasonCode.Success;
    }
}
