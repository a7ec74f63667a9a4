using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Api.Retained;

/// <summary><c>/retained</c>: what is kept for later subscribers, by topic and as a list.</summary>
public static class RetainedEndpoints
{
    private const string Everything = "#";

    private static readonly QueryParameter<ShownPayload?> As = Query.Choice(
        "as", [("base64", ShownPayload.Base64), ("text", ShownPayload.Text)], "How the payload is shown: base64 when absent; text where it is UTF-8, and otherwise base64.");

    private static readonly QueryParameter<string?> Filter = Query.Text(
        "filter", TopicName.MaximumBytes, "A topic filter; # when absent, which as ever matches no topic that begins with $. Below $SYS: the values of the node that is asked.");

    private static readonly QueryParameter<ShownPayload?> Payload = Query.Choice(
        "payload",
        [("none", ShownPayload.None), ("base64", ShownPayload.Base64), ("text", ShownPayload.Text)],
        "Whether payload and properties are shown, and how; none when absent. Such pages end when they have some 8 MiB.");

    public static void MapRetained(this RouteGroupBuilder api)
    {
        api.MapGet("/retained", ListAsync)
            .RequireRole(ApiRole.Read)
            .Takes(Filter, Payload, Paging.Limit, Paging.Cursor)
            .WithName("listRetained").WithTags(ApiTags.Messages).WithSummary("Retained messages of all topics that match a filter, in the order of their topics' bytes.");
        api.MapGet("/retained/{topic}", ReadAsync)
            .RequireRole(ApiRole.Read)
            .Takes(As)
            .CanFail(ApiProblem.RetainedNotFound)
            .WithName("getRetained").WithTags(ApiTags.Messages).WithSummary("The retained message of a topic.");
        api.MapDelete("/retained/{topic}", RemoveAsync)
            .RequireRole(ApiRole.Publish)
            .CanFail(ApiProblem.RetainedNotFound, ApiProblem.TopicReserved)
            .WithName("deleteRetained").WithTags(ApiTags.Messages).WithSummary("Takes the retained message of a topic away; subscribers are sent nothing.");
    }

    private static async Task<Ok<Page<RetainedBody>>> ListAsync(ApiQuery query, IRetainedMessages retained, TimeProvider time, CancellationToken cancellation)
    {
        string filter = query.Get(Filter) ?? Everything;
        if (!TopicFilter.TryParse(Encoding.UTF8.GetBytes(filter), out var parsed, out var violation))
            throw ApiProblem.InvalidParameter.Because($"{SpecViolations.TextOf(violation)}.", Filter.Name);
        if (parsed!.IsShared)
            throw ApiProblem.InvalidParameter.Because("Retained messages have no share names.", Filter.Name);
        var shown = query.Get(Payload) ?? ShownPayload.None;
        string after = "";
        if (query.Get(Paging.Cursor) is { } cursor)
            after = ListCursor.TryDecode(cursor, 1, out string[]? texts) ? texts[0] : throw ListCursor.Refuse();
        var asOf = time.GetUtcNow();
        var page = await retained.ListAsync(new RetainedQuery(filter, Encoding.UTF8.GetBytes(after), query.Get(Paging.Limit)), shown != ShownPayload.None, cancellation);
        RetainedBody[] items = [.. page.Items.Select(record => RetainedBody.Of(record, shown))];
        return TypedResults.Ok(new Page<RetainedBody>(items, page.HasMore ? ListCursor.Encode(items[^1].Topic) : null, asOf, page.Missing.Count == 0 ? null : page.Missing));
    }

    private static async Task<Ok<RetainedBody>> ReadAsync(PathText topic, ApiQuery query, IRetainedMessages retained, CancellationToken cancellation) =>
        await retained.FindAsync(NameOf(topic), cancellation) is { } record
            ? TypedResults.Ok(RetainedBody.Of(record, query.Get(As) ?? ShownPayload.Base64))
            : throw NotFound(topic);

    private static async Task<NoContent> RemoveAsync(PathText topic, IRetainedMessages retained, CancellationToken cancellation)
    {
        byte[] name = NameOf(topic);
        if (retained.IsReserved(name))
            throw ApiProblem.TopicReserved.Because("Below $SYS only the broker publishes.");
        return await retained.RemoveAsync(name, cancellation) ? TypedResults.NoContent() : throw NotFound(topic);
    }

    private static byte[] NameOf(PathText topic) =>
        TopicText.FaultOfName(topic.Text) is { } fault ? throw ApiProblem.InvalidPath.Because($"{fault}.", "topic") : Encoding.UTF8.GetBytes(topic.Text);

    private static ApiProblemException NotFound(PathText topic) => ApiProblem.RetainedNotFound.Because($"{topic.Text} has no retained message.");
}
