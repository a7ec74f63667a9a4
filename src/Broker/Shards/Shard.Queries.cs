using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>What is asked about a shard from outside the way of messages.</summary>
public sealed partial class Shard
{
    /// <summary>How many would get a message of the topic now: each session once, however many of its own filters match, and one for each shared group.</summary>
    public int CountMatching(ReadOnlySpan<byte> topic)
    {
        var match = Match(topic);
        return match.Receivers.Length + match.Groups.Length;
    }

    /// <summary>The topic's retained message, unless it has expired.</summary>
    public RetainedMessage? FindRetained(ReadOnlySpan<byte> topic, long nowMilliseconds) =>
        _retained.Of(topic) is { } message && message.ExpiresAtMilliseconds > nowMilliseconds ? message : null;

    /// <summary>The first retained messages in the order of their topics, to be led on under the shard's monitor.</summary>
    /// <inheritdoc cref="RetainedStore{TMessage}.FindFirst"/>
    public TopicTree<RetainedMessage>.Page FindRetained(TopicFilter filter, ReadOnlySpan<byte> after, int limit, long nowMilliseconds) =>
        _retained.FindFirst(filter.MatchUtf8.Span, after, limit, nowMilliseconds);

    /// <summary>Takes the topic's retained message away; nobody is sent anything.</summary>
    /// <param name="number">The journal number that promises it; 0 when there is nothing to commit.</param>
    /// <returns>False when there was none, or one that has expired.</returns>
    public bool RemoveRetained(ReadOnlySpan<byte> topic, long nowMilliseconds, out ulong number)
    {
        number = 0;
        if (_retained.Of(topic) is not { } message) return false;
        _retained.Clear(topic);
        _totals.Add(-1, -message.SizeBytes);
        if (_journal is not null) number = _journal.RemoveRetained(topic);
        return message.ExpiresAtMilliseconds > nowMilliseconds;
    }

    /// <summary>The first subscriptions to exactly this filter.</summary>
    /// <inheritdoc cref="SubscriptionPage(IReadOnlyList{FilterRoutes}, TopicFilter, SubscriptionPlace?, int)"/>
    public SubscriptionScan FindSubscriptions(TopicFilter only, SubscriptionPlace? after, int limit) =>
        new(new SubscriptionPage(_routes.TryGet(only.MatchUtf8.Span, out var routes) ? [routes] : [], only, after, limit));

    /// <summary>The first subscriptions that a message of the topic would go to.</summary>
    /// <param name="topic">A topic name.</param>
    /// <inheritdoc cref="SubscriptionPage(IReadOnlyList{FilterRoutes}, TopicFilter, SubscriptionPlace?, int)"/>
    public SubscriptionScan FindMatching(ReadOnlySpan<byte> topic, SubscriptionPlace? after, int limit)
    {
        var found = new List<FilterRoutes>();
        _routes.Match(topic, found);
        found.Sort(static (left, right) => left.MatchUtf8().Span.SequenceCompareTo(right.MatchUtf8().Span));
        return new SubscriptionScan(new SubscriptionPage(found, only: null, after, limit));
    }

    /// <summary>The first subscriptions of all.</summary>
    /// <param name="accepts">Which filters, by what they match, are wanted: those that stand in all shards are to be listed by one.</param>
    /// <inheritdoc cref="SubscriptionPage(IReadOnlyList{FilterRoutes}, TopicFilter, SubscriptionPlace?, int)"/>
    public SubscriptionScan FindAllSubscriptions(Func<ReadOnlyMemory<byte>, bool> accepts, SubscriptionPlace? after, int limit)
    {
        var from = after is { } place ? place.Match.Span : default;
        // Of the filter of the place itself there may be nothing left.
        var filters = _routes.FindFirst(default, from, includesAfter: true, limit + 1, routes => accepts(routes.MatchUtf8()));
        return new SubscriptionScan(filters, after, limit);
    }
}
