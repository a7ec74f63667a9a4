using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Api.Publish;

/// <summary><c>POST /publish</c>: messages of those who are no clients, and what became of each.</summary>
public static class PublishEndpoints
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UnavailableRetry = TimeSpan.FromSeconds(2);

    public static void MapPublish(this RouteGroupBuilder api) =>
        api.MapPost("/publish", PublishAsync)
            .RequireRole(ApiRole.Publish)
            .IsTraffic()
            .CanFail(
                ApiProblem.MessageInvalid, ApiProblem.MessageTooLarge, ApiProblem.TopicReserved, ApiProblem.QuotaExceeded, ApiProblem.PublishBusy, ApiProblem.PublishUnconfirmed)
            .WithName("publish").WithTags(ApiTags.Messages).WithSummary("Publishes a message, or messages of which each may fail alone.")
            .WithDescription(
                "Answered when the message is as done as a PUBACK says: retained and, for durable sessions, stored. A message of QoS 1 or 2 whose shard is lost on the way is published again "
                + "and may come twice. A single message that fails is a problem; of messages the answer is always 200, with a result for each.");

    private static async Task<Ok<PublishAnswer>> PublishAsync(PublishBody body, IMessagePublisher publisher, CancellationToken cancellation)
    {
        if (body.Messages is null)
        {
            var answer = (await PublishEachAsync([body], publisher, cancellation))[0];
            var result = PublishReasons.ToResult(answer);
            return FailureOf(answer, result.Reason) is { } failure ? throw failure : TypedResults.Ok(new PublishAnswer(result.Reason, result.Matched));
        }

        if (!body.HasMessagesAlone)
            throw ApiProblem.InvalidBody.Because("The body is a message, or has messages and nothing beside.");
        if (body.Messages.Count is 0 or > PublishBody.MaxMessages)
            throw ApiProblem.InvalidBody.Because($"messages has 1 to {PublishBody.MaxMessages}.");
        var answers = await PublishEachAsync(body.Messages, publisher, cancellation);
        return TypedResults.Ok(new PublishAnswer(Results: [.. answers.Select(PublishReasons.ToResult)]));
    }

    private static async Task<MessageAnswer[]> PublishEachAsync(IReadOnlyList<MessageBody> bodies, IMessagePublisher publisher, CancellationToken cancellation)
    {
        var answers = new MessageAnswer?[bodies.Count];
        var drafts = new List<MessageDraft>(bodies.Count);
        for (int i = 0; i < bodies.Count; i++)
        {
            answers[i] = MessageBodies.Read(bodies[i], out var draft);
            if (answers[i] is null)
                drafts.Add(draft);
        }

        var published = new Queue<MessageAnswer>(await publisher.PublishAsync(drafts, cancellation));
        return [.. answers.Select(answer => answer ?? published.Dequeue())];
    }

    /// <summary>Null when it has not failed.</summary>
    private static ApiProblemException? FailureOf(MessageAnswer answer, PublishReason reason)
    {
        string detail = $"{answer.Detail}.";
        return (answer.State, reason) switch
        {
            (MessageState.Done, PublishReason.Success or PublishReason.NoMatchingSubscribers) => null,
            (MessageState.Done, _) => ApiProblem.QuotaExceeded.Because($"A receiver, or the retained store, had no room for the message, which matched {answer.Matched} sessions."),
            (MessageState.Unconfirmed, _) => ApiProblem.PublishUnconfirmed.Because(detail),
            (MessageState.NotPublished, PublishReason.ServerBusy) => ApiProblem.PublishBusy.Because(detail, retryAfter: BusyRetry),
            (MessageState.NotPublished, _) => ApiProblem.Unavailable.Because(detail, retryAfter: UnavailableRetry),
            (_, PublishReason.PacketTooLarge) => ApiProblem.MessageTooLarge.Because(detail),
            (_, PublishReason.NotAuthorized) => ApiProblem.TopicReserved.Because(detail),
            _ => ApiProblem.MessageInvalid.Because(detail),
        };
    }
}
