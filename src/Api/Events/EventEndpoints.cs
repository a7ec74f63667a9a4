using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Presence;

namespace OrleansBroker.Api.Events;

/// <summary><c>GET /api/v1/events</c>: who comes and goes, as server-sent events.</summary>
internal static class EventEndpoints
{
    private const string LastEventIdHeader = "Last-Event-ID";

    // Of 128 nodes.
    private const int MaxIdBytes = 8_192;

    private const int MaxClientIdBytes = 65_535;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private static readonly QueryParameter<string?> ClientIdPrefix = Query.Text("clientIdPrefix", MaxClientIdBytes, "Only client ids that begin so.");

    private static readonly QueryParameter<IReadOnlyList<string>?> Types = Query.Names(
        "types", [.. PresenceView.Kinds.Select(each => each.Name)], "Only these; all when it is not given. Gaps are always told.");

    private static readonly QueryParameter<string?> LastEventId = Query.Text(
        "lastEventId", MaxIdBytes, "Goes on behind the event of this id; the header Last-Event-ID says the same and wins. From now on when neither is given.");

    public static void MapEvents(this RouteGroupBuilder api) => api.MapGet("/events", ReadAsync)
        .RequireRole(ApiRole.Read).Takes(ClientIdPrefix, Types, LastEventId).CanFail(ApiProblem.TooManyFeeds).GoesOn()
        .Produces<PresenceView>(StatusCodes.Status200OK, EventStream.MediaType)
        .WithName("getEvents").WithTags(ApiTags.Events).WithSummary("Connections and sessions that come and go, as server-sent events, from all nodes.")
        .WithDescription("Events of one client id come in the order of its session's epochs. What can no longer be read is told by a `gap`. A comment at least every 15 s.")
        .ReadsHeader(LastEventIdHeader, "As lastEventId; what clients of server-sent events send when they connect again.");

    private static async Task ReadAsync(HttpContext context, ApiQuery query, IPresenceFeeds feeds, IHostApplicationLifetime node, TimeProvider time)
    {
        string? position = context.Request.Headers[LastEventIdHeader] is [{ Length: > 0 } header] ? header : query.Get(LastEventId);
        if (position is not null && !feeds.IsPosition(position))
            throw ApiProblem.InvalidParameter.Because("It is no id of an event of this broker.", "lastEventId");
        var kinds = query.Get(Types) is { } types
            ? PresenceView.Kinds.Where(each => types.Contains(each.Name)).Aggregate(PresenceKinds.None, (all, each) => all | each.Kind)
            : PresenceKinds.All;
        var filter = new PresenceFilter(query.Get(ClientIdPrefix) ?? "", kinds);
        using var feed = await feeds.OpenAsync(filter, position, context.RequestAborted)
            ?? throw ApiProblem.TooManyFeeds.Because("This node has as many feeds as it may have.", retryAfter: Retry);
        await new EventStream(context, feed, time).WriteAsync(node.ApplicationStopping);
    }
}
