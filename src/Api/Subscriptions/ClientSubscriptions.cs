using System.Globalization;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Subscriptions;

/// <summary>The subscriptions of one client, by its session: a client without a session has none.</summary>
internal static class ClientSubscriptions
{
    public static async Task<Page<SubscriptionBody>> ReadAsync(string clientId, ApiQuery query, ISessionDirectory sessions, DateTimeOffset asOf, CancellationToken cancellation)
    {
        var answer = await sessions.SubscriptionsAsync(clientId, AfterOf(query), query.Get(Paging.Limit), cancellation);
        var partial = answer.Partial.Count == 0 ? null : answer.Partial;
        if (answer.Found is not { Items.Length: > 0 } found)
            return new([], Cursor: null, asOf, partial);
        var session = await sessions.DescribeAsync(clientId, withWillPayload: false, cancellation);
        bool isDurable = session.Found is { Item.ExpiryIntervalSeconds: > 0 };
        string? cursor = found.IsEnd ? null : ListCursor.Encode(found.Items[^1].Version.ToString(CultureInfo.InvariantCulture));
        return new([.. found.Items.Select(subscription => SubscriptionBody.Of(clientId, subscription, isDurable))], cursor, asOf, partial);
    }

    private static uint AfterOf(ApiQuery query)
    {
        if (query.Get(Paging.Cursor) is not { } cursor)
            return 0;
        return ListCursor.TryDecode(cursor, 1, out string[]? texts) && uint.TryParse(texts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint version)
            ? version
            : throw ListCursor.Refuse();
    }
}
