using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

// What any request can meet.
public sealed partial class ApiProblem
{
    public static readonly ApiProblem BadRequest = new(
        "bad-request", StatusCodes.Status400BadRequest, "The request cannot be read", "The request is no proper HTTP, or its body ended early.");

    public static readonly ApiProblem InvalidBody = new(
        "invalid-body", StatusCodes.Status400BadRequest, "The body is not what it should be", "The body is no JSON, lacks a member, has one that is not known or that is given twice, or has a value that does not fit; `detail` says where.");

    public static readonly ApiProblem InvalidParameter = new(
        "invalid-parameter", StatusCodes.Status400BadRequest, "A parameter is not valid", "A query parameter has a value that is not accepted, is given twice, or is missing; `parameter` names it.");

    public static readonly ApiProblem InvalidPath = new(
        "invalid-path", StatusCodes.Status400BadRequest, "The path is not valid", "A client id, topic or filter in the path is not percent-encoded UTF-8, or a part of the path is `.` or `..`, which HTTP removes: write it as `~` and base64url.");

    public static readonly ApiProblem UnknownParameter = new(
        "unknown-parameter", StatusCodes.Status400BadRequest, "A parameter is not known", "The endpoint has no such query parameter: a filter that is misspelt would otherwise be one that is not applied. `parameter` names it.");

    public static readonly ApiProblem Unauthorized = new(
        "unauthorized", StatusCodes.Status401Unauthorized, "A key is needed", "The request has no API key, or one that is not known. `orleans-broker api-key add` makes one.");

    public static readonly ApiProblem Forbidden = new(
        "forbidden", StatusCodes.Status403Forbidden, "The key may not do this", "The key's roles do not include one that the endpoint needs.");

    public static readonly ApiProblem ForeignHost = new(
        "foreign-host", StatusCodes.Status403Forbidden, "Without keys, only for this machine", "The node has no API keys, and the request names a host, or comes from a web page, that is not of loopback.");

    public static readonly ApiProblem NotFound = new(
        "not-found", StatusCodes.Status404NotFound, "There is nothing at this path", "No endpoint has this path. A `/` within a client id or topic is written `%2F`.");

    public static readonly ApiProblem MethodNotAllowed = new(
        "method-not-allowed", StatusCodes.Status405MethodNotAllowed, "Not with this method", "The path exists, but not for this method; the Allow header names those that do.");

    public static readonly ApiProblem BodyTooSlow = new(
        "body-too-slow", StatusCodes.Status408RequestTimeout, "The body came too slowly", "The request's body did not arrive in its time.");

    public static readonly ApiProblem BodyTooLarge = new(
        "body-too-large", StatusCodes.Status413PayloadTooLarge, "The body is too large", "The body is larger than `Broker:Limits:MaxHttpBodyBytes`.");

    public static readonly ApiProblem UnsupportedMediaType = new(
        "unsupported-media-type", StatusCodes.Status415UnsupportedMediaType, "The body is not of a type that is taken", "A body is JSON, and the request says so: `Content-Type: application/json`.");

    public static readonly ApiProblem TooManyRequests = new(
        "too-many-requests", StatusCodes.Status429TooManyRequests, "Too many requests at the same time", "The node works at `Broker:Limits:MaxHttpRequests` API requests already. Try again after `retryAfter` seconds.");

    public static readonly ApiProblem InternalError = new(
        "internal-error", StatusCodes.Status500InternalServerError, "The broker is at fault", "A fault of the broker, which is in its log. Nothing is said of it here.");

    public static readonly ApiProblem Unavailable = new(
        "unavailable", StatusCodes.Status503ServiceUnavailable, "What is needed cannot be reached", "The store, or the node that has what is asked for, does not answer. Try again after `retryAfter` seconds.");

    public static readonly ApiProblem NotReady = new(
        "not-ready", StatusCodes.Status503ServiceUnavailable, "Not ready", "`/health/ready` only: the node is starting or draining, or its store cannot be reached.");

    public static readonly ApiProblem TimedOut = new(
        "timed-out", StatusCodes.Status504GatewayTimeout, "Not answered in time", "The request took longer than `Broker:Timing:HttpRequestTimeout`. What it changes may have been done, in part or whole.");
}
