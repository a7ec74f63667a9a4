using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>Where a subscription stands in a list: by the bytes of its filter's part that is matched, then of its share name, then of its client id.</summary>
/// <param name="Match">UTF-8, without the share part.</param>
/// <param name="ShareName">Empty when it is not shared.</param>
public readonly record struct SubscriptionPlace(ReadOnlyMemory<byte> Match, string ShareName, string ClientId)
{
    public static Comparer<SubscriptionPlace> Order { get; } = Comparer<SubscriptionPlace>.Create(Compare);

    public static SubscriptionPlace Of(Route route) => new(route.Filter.MatchUtf8, route.Filter.ShareName ?? "", route.Receiver.ClientId);

    private static int Compare(SubscriptionPlace left, SubscriptionPlace right)
    {
        var order = left.Match.Span.SequenceCompareTo(right.Match.Span);
        if (order == 0) order = Utf8Order.Instance.Compare(left.ShareName, right.ShareName);
        return order == 0 ? Utf8Order.Instance.Compare(left.ClientId, right.ClientId) : order;
    }
}
