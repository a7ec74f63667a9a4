using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary><c>/sessions</c>, read: as a list, one in detail, its subscriptions and its queue. Nothing is activated or changed by it.</summary>
public static class SessionsEndpoints
{
    /// <summary>What is looked for among very many: the answer comes then, with what was found and where to go on.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private static readonly QueryParameter<IReadOnlyList<string>?> Fields = Query.Names(
        "fields", SessionField.Names, "The fields of each session, besides clientId; without it all that cost nothing to know, which queuedMessages, queuedBytes and subscriptions do.");

    private static readonly QueryParameter<ShownPayload?> Will = Query.Choice("will", [("payload", ShownPayload.Base64)], "payload: the will comes with its payload.");

    private static readonly QueryParameter<ShownPayload?> Payload = Query.Choice(
        "payload",
        [("none", ShownPayload.None), ("base64", ShownPayload.Base64), ("text", ShownPayload.Text)],
        "Whether payloads are shown, and how; none when absent.");

    public static void MapSessions(this RouteGroupBuilder api)
    {
        api.MapGet("/sessions", ListAsync)
            .RequireRole(ApiRole.Read)
            .Takes([.. SessionParameters.Criteria, Fields, Paging.Limit, Paging.Cursor])
            .Produces<Page<SessionBody>>()
            .WithName("listSessions").WithTags(ApiTags.Sessions)
            .WithSummary("Sessions, with and without connection, that meet all criteria, in the order of their client ids' bytes.")
            .WithDescription("Whatever sessions and nodes do meanwhile, a session that is there throughout a walk from page to page comes once. A page may be short, and empty, before the end: then the time to look was up, and the walk goes on with its cursor.");
        api.MapGet("/sessions/{clientId}", ReadAsync)
            .RequireRole(ApiRole.Read)
            .Takes(Will)
            .CanFail(ApiProblem.SessionNotFound)
            .Produces<SessionDetailsBody>().Produces(StatusCodes.Status304NotModified)
            .WithName("getSession").WithTags(ApiTags.Sessions).WithSummary("One session: its connection, will, queue and counts. With ETag.")
            .ReadsHeader("If-None-Match", "The ETag that one has: 304 while nothing is new.");
        api.MapGet("/sessions/{clientId}/subscriptions", SubscriptionsAsync)
            .RequireRole(ApiRole.Read)
            .Takes(Paging.Limit, Paging.Cursor)
            .CanFail(ApiProblem.SessionNotFound)
            .WithName("listSessionSubscriptions").WithTags(ApiTags.Sessions).WithSummary("The subscriptions of a session, in the order in which they were made.");
        api.MapGet("/sessions/{clientId}/queue", QueueAsync)
            .RequireRole(ApiRole.Read)
            .Takes(Payload, Paging.Limit, Paging.Cursor)
            .CanFail(ApiProblem.SessionNotFound)
            .WithName("listSessionQueue").WithTags(ApiTags.Sessions)
            .WithSummary("The messages that wait for a session's client, or are on their way to it, oldest first.")
            .WithDescription("A page ends when it has some of 1 MiB.");
    }

    private static async Task<SessionPageAnswer> ListAsync(ApiQuery query, ISessionDirectory sessions, CancellationToken cancellation)
    {
        var fields = SessionField.Of(query.Get(Fields));
        var asked = SessionParameters.Read(query) with
        {
            WithQueue = fields.Any(static field => field.Name.StartsWith("queued", StringComparison.Ordinal)),
            WithSubscriptions = fields.Any(static field => field.Name == "subscriptions"),
        };
        return new(await sessions.ListAsync(asked, SessionCursor.Decode(query.Get(Paging.Cursor)), query.Get(Paging.Limit), Budget, cancellation), fields);
    }

    private static async Task<TaggedAnswer> ReadAsync(PathText clientId, ApiQuery query, ISessionDirectory sessions, CancellationToken cancellation)
    {
        bool withWillPayload = query.Get(Will) is not null;
        var answer = await sessions.DescribeAsync(clientId.Text, withWillPayload, cancellation);
        return new(SessionDetailsBody.Of(Found(answer, clientId), answer.Partial, withWillPayload));
    }

    private static async Task<Ok<Page<SessionSubscriptionBody>>> SubscriptionsAsync(
        PathText clientId, ApiQuery query, ISessionDirectory sessions, TimeProvider time, CancellationToken cancellation)
    {
        var asOf = time.GetUtcNow();
        uint after = (uint)Math.Min(SessionCursor.DecodeNumber(query.Get(Paging.Cursor)), uint.MaxValue);
        var answer = await sessions.SubscriptionsAsync(clientId.Text, after, query.Get(Paging.Limit), cancellation);
        var page = Found(answer, clientId);
        return TypedResults.Ok(new Page<SessionSubscriptionBody>(
            [.. page.Items.Select(SessionSubscriptionBody.Of)], page.IsEnd ? null : SessionCursor.Encode(page.Items[^1].Version), asOf, PartialOf(answer.Partial)));
    }

    private static async Task<Ok<Page<QueuedMessageBody>>> QueueAsync(
        PathText clientId, ApiQuery query, ISessionDirectory sessions, TimeProvider time, CancellationToken cancellation)
    {
        var asOf = time.GetUtcNow();
        var shown = query.Get(Payload) ?? ShownPayload.None;
        long after = SessionCursor.DecodeNumber(query.Get(Paging.Cursor));
        var answer = await sessions.QueueAsync(clientId.Text, after, query.Get(Paging.Limit), shown != ShownPayload.None, cancellation);
        var page = Found(answer, clientId);
        return TypedResults.Ok(new Page<QueuedMessageBody>(
            [.. page.Items.Select(message => QueuedMessageBody.Of(message, shown))], page.Next is { } next ? SessionCursor.Encode(next) : null, asOf, PartialOf(answer.Partial)));
    }

    private static T Found<T>(SessionAnswer<T> answer, PathText clientId)
        where T : class => answer switch
        {
            { Found: { } found } => found,
            { Partial.Count: 0 } => throw ApiProblem.SessionNotFound.Because($"{clientId.Text} has no session."),
            // It may be there.
            _ => throw ApiProblem.Unavailable.Because($"{string.Join(", ", answer.Partial)} did not answer.", retryAfter: RetryAfter),
        };

    private static IReadOnlyList<string>? PartialOf(IReadOnlyList<string> partial) => partial.Count == 0 ? null : partial;
}
