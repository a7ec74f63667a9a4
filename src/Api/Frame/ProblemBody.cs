using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OrleansBroker.Api.Frame;

/// <summary>RFC 9457, with what the catalogue adds.</summary>
[Description("What went wrong (RFC 9457). Act on `code`; `title` and `detail` are for people.")]
internal sealed record ProblemBody(
    [property: Description("Identifies the kind of problem; not an address.")] string Type,
    string Title,
    [property: Description("The HTTP status.")] int Status,
    [property: Description("One of the catalogue, docs/rest/problems.md; never changes its meaning.")] string Code,
    [property: Description("What is wrong with this request.")] string? Detail = null,
    [property: Description("The query parameter at fault.")] string? Parameter = null,
    [property: Description("Seconds after which another try is worth it; also in the Retry-After header.")] int? RetryAfter = null)
{
    public const string MediaType = "application/problem+json";

    /// <summary>Answers with a problem, whatever the request accepts.</summary>
    public static Task WriteAsync(HttpContext context, ApiProblem problem, string? detail, string? parameter = null, TimeSpan? retryAfter = null)
    {
        int? seconds = retryAfter is { } time ? Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)) : null;
        context.Response.StatusCode = problem.Status;
        if (seconds is { } wait)
            context.Response.Headers[HeaderNames.RetryAfter] = wait.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var body = new ProblemBody(problem.Type, problem.Title, problem.Status, problem.Code, detail, parameter, seconds);
        return context.Response.WriteAsJsonAsync(body, ApiJson.Options, MediaType, context.RequestAborted);
    }
}
