using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api;

/// <summary>Every answer of 400 and above that has no body gets one: <c>application/problem+json</c> (RFC 9457), whatever the request accepts.</summary>
public static class Problems
{
    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = WriteAsync });
        app.UseStatusCodePages(static context => WriteAsync(context.HttpContext));
    }

    private static Task WriteAsync(HttpContext context)
    {
        string? detail = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this path.",
            StatusCodes.Status405MethodNotAllowed => "The path exists, but not for this method; the Allow header names those that do.",
            _ => null,
        };
        return TypedResults.Problem(statusCode: context.Response.StatusCode, detail: detail).ExecuteAsync(context);
    }
}
