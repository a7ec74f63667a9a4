using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Every answer of 400 and above that has no body gets the problem of the catalogue.</summary>
internal static class StatusProblems
{
    public static void UseStatusProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = WriteAsync });
        app.UseStatusCodePages(static context => WriteAsync(context.HttpContext));
    }

    private static Task WriteAsync(HttpContext context)
    {
        var (problem, detail) = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => (ApiProblem.NotFound, "There is nothing at this path. A / within a client id or topic is written %2F."),
            StatusCodes.Status405MethodNotAllowed => (ApiProblem.MethodNotAllowed, "The path exists, but not for this method; the Allow header names those that do."),
            StatusCodes.Status408RequestTimeout => (ApiProblem.BodyTooSlow, "The body did not come in its time."),
            StatusCodes.Status413PayloadTooLarge => (ApiProblem.BodyTooLarge, "The body is larger than this node takes."),
            StatusCodes.Status415UnsupportedMediaType => (ApiProblem.UnsupportedMediaType, "Send JSON, with Content-Type: application/json."),
            StatusCodes.Status503ServiceUnavailable => (ApiProblem.Unavailable, "What is needed cannot be reached."),
            >= 400 and < 500 => (ApiProblem.BadRequest, "The request cannot be read."),
            _ => (ApiProblem.InternalError, "The broker's log says more."),
        };
        return ProblemBody.WriteAsync(context, problem, detail);
    }
}
