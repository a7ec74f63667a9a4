using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <summary>Answers questions about one shard: what takes long is looked for in slices, between which the shard does everything else.</summary>
internal sealed class ShardQueries(ShardMonitor monitor, ShardSpace space, BrokerClock clock)
{
    /// <summary>Tree nodes of a slice, at 10 to 40 ns each: about 50 µs.</summary>
    private const int StepsPerSlice = 2_048;

    public async Task<RetainedRecord?> FindRetainedAsync(byte[] topic)
    {
        var message = await monitor.ReadAsync(shard => shard.FindRetained(topic, clock.NowMilliseconds));
        return message is null ? null : ToRecord(message.ToPublication(), withContents: true);
    }

    public async Task<ShardPage<RetainedRecord>> ListRetainedAsync(RetainedQuery query, TimeSpan within)
    {
        var filter = TopicFilter.Parse(query.Filter);
        var page = await monitor.ReadAsync(shard => shard.FindRetained(filter, query.After, query.Limit, clock.NowMilliseconds));
        try
        {
            await RunAsync(steps => page.Advance(ref steps), within);
        }
        finally
        {
            await EndAsync(page);
        }

        var found = page.Take();
        return new ShardPage<RetainedRecord>([.. found.Select(each => ToRecord(each.Value.ToPublication(), withContents: false))], found.Count == query.Limit);
    }

    public async Task<ShardPage<RouteRecord>> ListSubscriptionsAsync(SubscriptionQuery query, TimeSpan within)
    {
        var scan = await monitor.ReadAsync(shard => Begin(shard, query));
        try
        {
            await RunAsync(steps => scan.Advance(ref steps), within);
        }
        finally
        {
            await EndAsync(scan);
        }

        return new ShardPage<RouteRecord>([.. scan.Found.Select(ToRecord)], scan.Found.Count == query.Limit);
    }

    private SubscriptionScan Begin(Shard shard, SubscriptionQuery query)
    {
        SubscriptionPlace? after = null;
        if (query.After is { } position)
        {
            var filter = TopicFilter.Parse(position.Filter);
            after = new SubscriptionPlace(filter.MatchUtf8, filter.ShareName ?? "", position.ClientId);
        }

        if (query.Filter is { } only) return shard.FindSubscriptions(TopicFilter.Parse(only), after, query.Limit);
        if (query.Matching is { } topic) return shard.FindMatching(TopicName.Parse(topic).Utf8.Span, after, query.Limit);
        return shard.FindAllSubscriptions(match => space.ListerOf(match.Span) == monitor.Number, after, query.Limit);
    }

    private async Task RunAsync(Func<int, bool> advance, TimeSpan within)
    {
        var end = clock.NowMilliseconds + (long)within.TotalMilliseconds;
        while (!await monitor.ReadAsync(_ => advance(StepsPerSlice)))
        {
            if (clock.NowMilliseconds > end) throw new TimeoutException("The shard could not be searched in the time given.");
        }
    }

    /// <summary>The tree keeps emptied nodes while somebody walks over it.</summary>
    private Task<bool> EndAsync(IDisposable walk) => monitor.ReadAsync(_ =>
    {
        walk.Dispose();
        return true;
    });

    private RetainedRecord ToRecord(Publication message, bool withContents) => new(
        message.Topic.ToArray(),
        (byte)message.QoS,
        clock.ToUtcMilliseconds(message.ExpiresAtMilliseconds),
        message.PublisherClientId,
        message.PayloadLength,
        message.PropertiesLength,
        withContents ? message.ForwardedProperties.ToArray() : null,
        withContents ? message.Payload.ToArray() : null);

    private static RouteRecord ToRecord(Route route) => new(
        route.Receiver.ClientId,
        route.Filter.Text,
        route.Incarnation,
        route.Grant.Version,
        (byte)route.Grant.QoS,
        route.Grant.NoLocal,
        route.Grant.RetainAsPublished,
        route.Grant.Identifier,
        route.IsDurable,
        SendRetained: false,
        Silo: null);
}
