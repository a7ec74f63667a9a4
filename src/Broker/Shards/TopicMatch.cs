using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Shards;

/// <summary>Everyone who gets a message of one topic; immutable, cached per topic.</summary>
public sealed record TopicMatch(RouteMatch[] Receivers, SharedGroup[] Groups)
{
    /// <summary>Nobody.</summary>
    public static TopicMatch None { get; } = new([], []);
}
