using System.Net;
using System.Text;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>A query's criteria, by who can judge them: the session, or the gateway of its connection.</summary>
internal sealed class SessionFilter(SessionQuery query)
{
    private readonly TopicFilter? _subscribedTo = query.SubscribedTo is { } filter ? TopicFilter.Parse(filter) : null;
    private readonly byte[]? _matching = query.Matching is { } topic ? Encoding.UTF8.GetBytes(topic) : null;

    /// <summary>As an address with its port begins, closing bracket included.</summary>
    private readonly string? _ip = query.Ip is { } ip ? new IPEndPoint(IPAddress.Parse(ip), 0).ToString()[..^1] : null;

    public bool NeedsSubscriptions => _subscribedTo is not null || _matching is not null;

    /// <summary>What a session says of itself.</summary>
    public bool AdmitsSession(SessionItem item) =>
        (query.Connected is null || query.Connected == item.IsConnected)
        && (query.UserName is null || query.UserName == item.UserName)
        && (query.Version is null || query.Version == item.Version)
        && (query.QueuedMin is null || item.Queued >= query.QueuedMin)
        && (query.InflightMin is null || item.InflightOut >= query.InflightMin)
        && (query.ExpiresBefore is null || item.ExpiresAt < query.ExpiresBefore)
        && AdmitsNode(item);

    /// <summary>What a gateway says of a connection, without what only the session can say.</summary>
    public bool AdmitsConnection(SessionItem item) =>
        query.Connected != false
        && query.ExpiresBefore is null
        && (query.UserName is null || query.UserName == item.UserName)
        && (query.Version is null || query.Version == item.Version)
        && AdmitsNode(item)
        && AdmitsAddress(item);

    /// <summary>Of a session whose connection, if it has one, is known.</summary>
    public bool Admits(SessionItem item) => AdmitsSession(item) && AdmitsAddress(item);

    public bool AdmitsSubscriptions(ReadOnlySpan<Subscription> subscriptions) =>
        (_subscribedTo is null || Any(subscriptions, this, static (subscription, self) => subscription.Filter.Equals(self._subscribedTo)))
        && (_matching is null || Any(subscriptions, this, static (subscription, self) => FilterMatch.IsMatch(subscription.Filter.MatchUtf8.Span, self._matching)));

    private static bool Any(ReadOnlySpan<Subscription> subscriptions, SessionFilter self, Func<Subscription, SessionFilter, bool> isWanted)
    {
        foreach (var subscription in subscriptions)
        {
            if (isWanted(subscription, self)) return true;
        }

        return false;
    }

    private bool AdmitsNode(SessionItem item) => query.Node is null || (item.IsConnected && item.Gateway?.ToParsableString() == query.Node);

    private bool AdmitsAddress(SessionItem item) =>
        (_ip is null || (item.IsConnected && item.RemoteAddress?.StartsWith(_ip, StringComparison.Ordinal) == true))
        && (query.LastSeenBefore is null || (item.LastSeenAt != 0 && item.LastSeenAt < query.LastSeenBefore))
        && (query.LastSeenAfter is null || item.LastSeenAt >= query.LastSeenAfter);
}
