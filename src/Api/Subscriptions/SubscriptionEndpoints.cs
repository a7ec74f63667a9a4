using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Api.Subscriptions;

/// <summary><c>GET /subscriptions</c>: who has a filter, who would get a topic, or all.</summary>
public static class SubscriptionEndpoints
{
    private static readonly QueryParameter<string?> Filter = Query.Text("filter", TopicName.MaximumBytes, "Subscriptions with exactly this filter, $share/name/ included.");

    private static readonly QueryParameter<string?> Matching = Query.Text(
        "matching", TopicName.MaximumBytes, "Subscriptions that a message of this topic would go to; of a shared one, to one of its members.");

    private static readonly QueryParameter<string?> ClientId = Query.Text("clientId", TopicName.MaximumBytes, "Subscriptions of this client's session, in the order in which they were made.");

    public static void MapSubscriptions(this RouteGroupBuilder api) =>
        api.MapGet("/subscriptions", ListAsync)
            .RequireRole(ApiRole.Read)
            .Takes(Filter, Matching, ClientId, Paging.Limit, Paging.Cursor)
            .WithName("listSubscriptions").WithTags(ApiTags.Subscriptions)
            .WithSummary("Subscriptions with a filter, or that match a topic, or of a client, or all; but for a client's in the order of filter (without share name), share name and client id, by their bytes.")
            .WithDescription("A client's are answered by its session, the others are as the topics' shards have them: one that is just being made or ended may be there or not. Those below $SYS are those of the node that is asked, and are not among all.");

    private static async Task<Ok<Page<SubscriptionBody>>> ListAsync(
        ApiQuery query, ISubscriptionDirectory directory, ISessionDirectory sessions, TimeProvider time, CancellationToken cancellation)
    {
        string? filter = query.Get(Filter), matching = query.Get(Matching);
        Check(query);
        var asOf = time.GetUtcNow();
        if (query.Get(ClientId) is { } clientId)
            return TypedResults.Ok(await ClientSubscriptions.ReadAsync(clientId, query, sessions, asOf, cancellation));
        var page = await directory.ListAsync(new SubscriptionQuery(filter, matching, AfterOf(query, filter), query.Get(Paging.Limit)), cancellation);
        SubscriptionBody[] items = [.. page.Items.Select(SubscriptionBody.Of)];
        string? cursor = !page.HasMore ? null : filter is null ? ListCursor.Encode(items[^1].Filter, items[^1].ClientId) : ListCursor.Encode(items[^1].ClientId);
        return TypedResults.Ok(new Page<SubscriptionBody>(items, cursor, asOf, page.Missing.Count == 0 ? null : page.Missing));
    }

    private static void Check(ApiQuery query)
    {
        QueryParameter<string?>[] given = [.. new[] { Filter, Matching, ClientId }.Where(query.Has)];
        if (given.Length > 1)
            throw ApiProblem.InvalidParameter.Because($"{given[0].Name} and {given[1].Name} exclude each other.", given[1].Name);
        if (query.Get(Filter) is { } filter && TopicText.FaultOfFilter(filter) is { } fault)
            throw ApiProblem.InvalidParameter.Because($"{fault}.", Filter.Name);
        if (query.Get(Matching) is { } matching && TopicText.FaultOfName(matching) is { } other)
            throw ApiProblem.InvalidParameter.Because($"{other}.", Matching.Name);
    }

    // Where all have one filter, the cursor need not hold it: both in one request would be too long together.
    private static SubscriptionPosition? AfterOf(ApiQuery query, string? filter)
    {
        if (query.Get(Paging.Cursor) is not { } cursor)
            return null;
        if (filter is not null)
            return ListCursor.TryDecode(cursor, 1, out string[]? clientId) ? new SubscriptionPosition(filter, clientId[0]) : throw ListCursor.Refuse();
        return ListCursor.TryDecode(cursor, 2, out string[]? texts) && TopicText.FaultOfFilter(texts[0]) is null ? new SubscriptionPosition(texts[0], texts[1]) : throw ListCursor.Refuse();
    }
}
