using Orleans.Concurrency;

namespace OrleansBroker.Grains.Topics;

/// <summary>Questions to the owner of one shard, beside the way of messages; the key is the shard's number. Nothing here holds the shard up for long.</summary>
[Alias("broker.ITopicQueries"), GrainInterfaceType("broker.topic-queries")]
public interface ITopicQueries : IGrainWithIntegerKey
{
    /// <summary>Publishes and waits until all is done, each in the order of the list.</summary>
    /// <param name="within">What is not done by then is answered as it is.</param>
    /// <returns>An answer for each.</returns>
    [Alias("Publish"), AlwaysInterleave]
    ValueTask<CountedAnswer[]> PublishAsync([Immutable] CountedMessage[] messages, TimeSpan within);

    /// <param name="topic">A topic name, UTF-8.</param>
    /// <returns>With its contents; null when there is none.</returns>
    [Alias("FindRetained"), AlwaysInterleave]
    ValueTask<RetainedRecord?> FindRetainedAsync([Immutable] byte[] topic);

    /// <summary>Takes the topic's retained message away; returns when that is committed.</summary>
    /// <param name="topic">A topic name, UTF-8.</param>
    /// <returns>False when there was none.</returns>
    [Alias("RemoveRetained"), AlwaysInterleave]
    ValueTask<bool> RemoveRetainedAsync([Immutable] byte[] topic);

    /// <summary>Without their contents.</summary>
    /// <param name="within">How long it may take; then it fails.</param>
    [Alias("ListRetained"), AlwaysInterleave]
    ValueTask<ShardPage<RetainedRecord>> ListRetainedAsync(RetainedQuery query, TimeSpan within);

    /// <summary>Filters that stand in all shards are listed by one of them when all subscriptions are asked for.</summary>
    /// <param name="within">How long it may take; then it fails.</param>
    [Alias("ListSubscriptions"), AlwaysInterleave]
    ValueTask<ShardPage<RouteRecord>> ListSubscriptionsAsync(SubscriptionQuery query, TimeSpan within);
}
