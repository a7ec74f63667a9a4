using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Sessions;

/// <summary>What changes one session. A command is carried out wherever session and connection are, and may be given again without harm.</summary>
internal static class SessionCommandEndpoints
{
    private const string IfMatch = "The session's epoch in quotes: the session is left as it is when it has another by now.";

    private static readonly QueryParameter<bool?> Will = Query.Switch("will", "Whether the will is published, as at any such end; true when it is not given.");

    private static readonly QueryParameter<ReasonCode?> Reason = Query.Choice("reason", DisconnectReasons.All, DisconnectReasons.Names + " `administrativeAction` when it is not given.");

    private static readonly QueryParameter<string?> ServerReference = Query.Text(
        "serverReference", DisconnectReasons.MaxServerReference, "Where a 5.0 client is to go instead, with `useAnotherServer` and `serverMoved`.");

    public static void MapSessionCommands(this RouteGroupBuilder api)
    {
        api.MapDelete("/sessions/{clientId}", EndAsync)
            .RequireRole(ApiRole.Admin).Takes(Will).CanFail(ApiProblem.SessionNotFound, ApiProblem.SessionChanged)
            .WithName("endSession").WithTags(ApiTags.Sessions).WithSummary("Ends a session, connected or not.")
            .WithDescription("A connected client gets DISCONNECT 0x98. Subscriptions, queue and stored state go. The answer comes when that is stored.")
            .ReadsHeader("If-Match", IfMatch);
        api.MapDelete("/sessions/{clientId}/connection", DisconnectAsync)
            .RequireRole(ApiRole.Admin).Takes(Reason, Will, ServerReference).CanFail(ApiProblem.SessionNotFound, ApiProblem.NotConnected, ApiProblem.SessionChanged)
            .WithName("disconnectSession").WithTags(ApiTags.Sessions).WithSummary("Disconnects a client; its session stays by its expiry interval.")
            .ReadsHeader("If-Match", IfMatch);
        api.MapPut("/sessions/{clientId}/subscriptions/{filter}", SubscribeAsync)
            .RequireRole(ApiRole.Admin)
            .CanFail(ApiProblem.SessionNotFound, ApiProblem.SessionChanged, ApiProblem.InvalidFilter, ApiProblem.NotOffered, ApiProblem.TooManySubscriptions)
            .WithName("putSubscription").WithTags(ApiTags.Sessions).WithSummary("Subscribes a session, connected or not, as a SUBSCRIBE of its client would.")
            .WithDescription("The answer comes when it is stored and all shards have its routes. The client's authorization rules are not applied.")
            .ReadsHeader("If-Match", IfMatch);
        api.MapDelete("/sessions/{clientId}/subscriptions/{filter}", UnsubscribeAsync)
            .RequireRole(ApiRole.Admin).CanFail(ApiProblem.SessionNotFound, ApiProblem.SubscriptionNotFound, ApiProblem.SessionChanged)
            .WithName("deleteSubscription").WithTags(ApiTags.Sessions).WithSummary("Ends a subscription as an UNSUBSCRIBE would.")
            .ReadsHeader("If-Match", IfMatch);
    }

    private static async Task<NoContent> EndAsync(PathText clientId, ApiQuery query, HttpRequest request, ISessionCommands commands, CancellationToken cancellation)
    {
        var answer = await commands.EndAsync(clientId.Text, query.Get(Will) ?? true, ExpectedEpoch.Of(request), cancellation);
        answer.OrThrow(clientId.Text);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> DisconnectAsync(PathText clientId, ApiQuery query, HttpRequest request, ISessionCommands commands, CancellationToken cancellation)
    {
        var reason = query.Get(Reason) ?? ReasonCode.AdministrativeAction;
        string? reference = query.Get(ServerReference);
        DisconnectReasons.Check(reason, reference, ApiProblem.InvalidParameter);
        var answer = await commands.DisconnectAsync(clientId.Text, reason, query.Get(Will) ?? true, reference, ExpectedEpoch.Of(request), cancellation);
        answer.OrThrow(clientId.Text);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Created<SessionSubscriptionBody>, Ok<SessionSubscriptionBody>>> SubscribeAsync(
        PathText clientId, PathText filter, SubscribeBody body, HttpRequest request, ISessionCommands commands, CancellationToken cancellation)
    {
        Check(body);
        var wanted = new FilterRequest(filter.Text, (byte)body.Qos, body.NoLocal, body.RetainAsPublished, (byte)body.RetainHandling, ReasonCode.Success);
        var answer = await commands.SubscribeAsync(clientId.Text, wanted, (uint)(body.SubscriptionIdentifier ?? 0), ExpectedEpoch.Of(request), cancellation);
        answer.OrThrow(clientId.Text, filter.Text);
        var granted = SessionSubscriptionBody.Of(new SubscriptionRecord(
            filter.Text, Version: 0, (byte)answer.Reason, body.NoLocal, body.RetainAsPublished, (byte)body.RetainHandling, (uint)(body.SubscriptionIdentifier ?? 0)));
        return answer.Existed
            ? TypedResults.Ok(granted)
            : TypedResults.Created($"/api/v1/sessions/{PathText.Encode(clientId.Text)}/subscriptions/{PathText.Encode(filter.Text)}", granted);
    }

    private static async Task<NoContent> UnsubscribeAsync(
        PathText clientId, PathText filter, HttpRequest request, ISessionCommands commands, CancellationToken cancellation)
    {
        var answer = await commands.UnsubscribeAsync(clientId.Text, filter.Text, ExpectedEpoch.Of(request), cancellation);
        answer.OrThrow(clientId.Text, filter.Text);
        return TypedResults.NoContent();
    }

    private static void Check(SubscribeBody body)
    {
        if (body.Qos is < 0 or > 2)
            throw ApiProblem.InvalidBody.Because("qos is 0, 1 or 2.", "qos");
        if (body.RetainHandling is < 0 or > 2)
            throw ApiProblem.InvalidBody.Because("retainHandling is 0, 1 or 2.", "retainHandling");
        if (body.SubscriptionIdentifier is < 1 or > 268_435_455)
            throw ApiProblem.InvalidBody.Because("subscriptionIdentifier is 1 to 268435455.", "subscriptionIdentifier");
    }
}
