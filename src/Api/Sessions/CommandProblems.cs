using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Sessions;

/// <summary>Which problem it is that a command was not carried out.</summary>
internal static class CommandProblems
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <exception cref="ApiProblemException">It was not.</exception>
    public static CommandAnswer OrThrow(this CommandAnswer answer, string clientId, string? filter = null) => answer.Outcome switch
    {
        CommandOutcome.Done => answer,
        CommandOutcome.NoSession => throw ApiProblem.SessionNotFound.Because($"{clientId} has no session."),
        CommandOutcome.NotConnected => throw ApiProblem.NotConnected.Because($"The session of {clientId} has no connection."),
        CommandOutcome.NoSubscription => throw ApiProblem.SubscriptionNotFound.Because($"The session of {clientId} is not subscribed to {filter}."),
        CommandOutcome.Changed => throw ApiProblem.SessionChanged.Because($"The session of {clientId} has another epoch."),
        CommandOutcome.Refused => throw Refusal(answer.Reason),
        CommandOutcome.NotStored => throw ApiProblem.Unavailable.Because("The store did not answer in time: it may hold or not. Ask again, which does no harm.", retryAfter: Retry),
        _ => throw ApiProblem.Unavailable.Because("The session, or a node that it concerns, was not reached in time: it may have happened or not. Ask again, which does no harm.", retryAfter: Retry),
    };

    private static ApiProblemException Refusal(ReasonCode reason) => reason switch
    {
        ReasonCode.QuotaExceeded => ApiProblem.TooManySubscriptions.Because("The session has as many subscriptions as it may have."),
        ReasonCode.SharedSubscriptionsNotSupported => ApiProblem.NotOffered.Because("Shared subscriptions are switched off."),
        ReasonCode.WildcardSubscriptionsNotSupported => ApiProblem.NotOffered.Because("Wildcards in filters are switched off."),
        ReasonCode.SubscriptionIdentifiersNotSupported => ApiProblem.NotOffered.Because("Subscription identifiers are switched off."),
        ReasonCode.ProtocolError => ApiProblem.InvalidFilter.Because("A shared subscription cannot have noLocal."),
        _ => ApiProblem.InvalidFilter.Because("It is no topic filter, or one that is longer or deeper than this broker takes."),
    };
}
