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

    public SubscriptionState State { get; set; }
}
