using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Which problem an exception is. What is not one of these is a fault of the broker.</summary>
internal static class Failures
{
    // In .NET's message, before the names.
    private const string MissingMembers = "including: ";

    private static readonly TimeSpan UnavailableRetry = TimeSpan.FromSeconds(2);

    public static ApiProblemException? Explain(Exception failure) => failure switch
    {
        ApiProblemException problem => problem,
        BadHttpRequestException bad => Explain(bad),
        // A node or the store does not answer, or not yet again.
        OrleansException or TimeoutException or SessionAwaitedException => ApiProblem.Unavailable.Because("The store or another node cannot be reached now.", retryAfter: UnavailableRetry),
        _ => null,
    };

    private static ApiProblemException Explain(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => ApiProblem.BodyTooSlow.Because("The body did not come in its time."),
        StatusCodes.Status413PayloadTooLarge => ApiProblem.BodyTooLarge.Because("The body is larger than this node takes."),
        StatusCodes.Status415UnsupportedMediaType => ApiProblem.UnsupportedMediaType.Because("Send JSON, with Content-Type: application/json."),
        _ when bad.InnerException is JsonException json => ApiProblem.InvalidBody.Because(Describe(json)),
        // The only thing that ASP.NET Core itself binds is a body.
        _ when bad.GetType() == typeof(BadHttpRequestException) => ApiProblem.InvalidBody.Because("A JSON body is needed."),
        _ => ApiProblem.BadRequest.Because("The request cannot be read."),
    };

    // The message names types of ours; the path, and the names of members, are the client's.
    private static string Describe(JsonException json)
    {
        string where = $"at {json.Path ?? "$"}, line {(json.LineNumber ?? 0) + 1}";
        int missing = json.Message.IndexOf(MissingMembers, StringComparison.Ordinal);
        return missing >= 0
            ? $"The body lacks, {where}: {json.Message[(missing + MissingMembers.Length)..].Split(". Path", 2)[0].TrimEnd('.')}."
            : $"The body is not valid {where}.";
    }
}
