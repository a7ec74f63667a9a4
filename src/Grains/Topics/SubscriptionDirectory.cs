using System.Text;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <inheritdoc cref="ISubscriptionDirectory"/>
internal sealed class SubscriptionDirectory(ShardCalls calls, ShardSpace space, NodeShard node) : ISubscriptionDirectory
{
    private static readonly TimeSpan TimeOfPage = TimeSpan.FromSeconds(3);

    public async Task<TopicPage<RouteRecord>> ListAsync(SubscriptionQuery query, CancellationToken cancellation)
    {
        using var limit = calls.Limit(TimeOfPage, cancellation);
        var merge = new ShardMerge<RouteRecord, SubscriptionPlace>(calls, PlaceOf, SubscriptionPlace.Order, FetchAsync);
        return await merge.TakeAsync(ShardsFor(query), query.Limit, static _ => true);

        Task<ShardPage<RouteRecord>> FetchAsync(int shard, RouteRecord? after, int count)
        {
            var question = query with { After = after is null ? query.After : new SubscriptionPosition(after.Filter, after.ClientId), Limit = count };
            return shard == ShardSpace.Node
                ? node.Queries.ListSubscriptionsAsync(question, TimeOfPage)
                : calls.AskAsync(shard, asked => asked.ListSubscriptionsAsync(question, TimeOfPage), limit.Token);
        }
    }

    private int[] ShardsFor(SubscriptionQuery query) =>
        query.Filter is { } filter ? [space.ListerOf(TopicFilter.Parse(filter).MatchUtf8.Span)]
        : query.Matching is { } topic ? [space.OfTopic(Encoding.UTF8.GetBytes(topic))]
        : [.. Enumerable.Range(0, space.Shards)];

    private static SubscriptionPlace PlaceOf(RouteRecord route)
    {
        var filter = TopicFilter.Parse(route.Filter);
        return new SubscriptionPlace(filter.MatchUtf8, filter.ShareName ?? "", route.ClientId);
    }
}
