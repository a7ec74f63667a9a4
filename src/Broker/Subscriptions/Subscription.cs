using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>One subscription of a session. Its version is unique within the session incarnation and travels with every route.</summary>
public sealed class Subscription(TopicFilter filter, SubscriptionOptions options, uint version, uint replacedVersion)
{
    public TopicFilter Filter { get; } = filter;

    public SubscriptionOptions Options { get; } = options;

    public uint Version { get; } = version;

    /// <summary>The version that this one replaced; routes may still bring it until every shard has the new one. 0 for none.</summary>
    public uint ReplacedVersion { get; } = replacedVersion;

    /// <summary>An answered subscription of the same filter stood before it: it is none of a new filter (Retain Handling 1).</summary>
    public bool Renews { get; init; }

    public SubscriptionState State { get; set; }

    /// <summary>Its SUBACK has left, as far as the session knows. Until then its client sends SUBSCRIBE again, or its gateway does.</summary>
    public bool IsAnswered { get; set; }
}
