namespace OrleansBroker.Grains.Topics;

/// <summary>Subscriptions as the shards have them; one of a session that has just ended may still be among them. Any node, any thread.</summary>
public interface ISubscriptionDirectory
{
    /// <summary>A page. Subscriptions below <c>$SYS</c>, which each node has for itself, are this node's, and only in an answer to a filter or topic below it.</summary>
    Task<TopicPage<RouteRecord>> ListAsync(SubscriptionQuery query, CancellationToken cancellation);
}
