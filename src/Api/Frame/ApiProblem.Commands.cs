using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

// Commands on sessions.
public sealed partial class ApiProblem
{
    public static readonly ApiProblem SubscriptionNotFound = new(
        "subscription-not-found", StatusCodes.Status404NotFound, "There is no such subscription", "The session is not subscribed to the filter, letter for letter.");

    public static readonly ApiProblem NotConnected = new(
        "not-connected", StatusCodes.Status409Conflict, "The client is not connected", "The session is there, and has no connection.");

    public static readonly ApiProblem InvalidFilter = new(
        "invalid-filter", StatusCodes.Status400BadRequest, "The filter is not valid", "The path, or the body, has no valid topic filter, or one that is longer or deeper than the broker's limits; or No Local is asked for a shared subscription.");

    public static readonly ApiProblem NotOffered = new(
        "not-offered", StatusCodes.Status409Conflict, "This broker does not offer it", "Shared subscriptions, wildcards or subscription identifiers are switched off (`Broker:Limits`).");

    public static readonly ApiProblem TooManySubscriptions = new(
        "too-many-subscriptions", StatusCodes.Status409Conflict, "The session has as many subscriptions as it may have", "`Broker:Limits:MaxSubscriptionsPerSession` is reached; replacing one goes on.");

    public static readonly ApiProblem SessionChanged = new(
        "session-changed", StatusCodes.Status412PreconditionFailed, "The session is another one by now", "The session does not have the epoch of If-Match: its client has connected anew, or it is a new session. Read it again.");
}
