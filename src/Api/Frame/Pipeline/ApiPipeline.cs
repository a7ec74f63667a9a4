using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using OrleansBroker.Api.Frame.Access;

namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>What every request of the API passes, between its routing and its endpoint: the path, who asks, the query, the bounds; and what every failure becomes.</summary>
internal sealed partial class ApiPipeline(RequestDelegate next, ApiAccess access, RequestBounds bounds, ILogger<ApiPipeline> logger)
{
    // An endpoint that does not say whom it is for, and what is no endpoint.
    private static readonly RoleRequirement Unsaid = new(ApiRole.Admin, BeyondLoopback: false);
    private static readonly RoleRequirement NoEndpoint = new(ApiRole.Any, BeyondLoopback: false);

    public async Task InvokeAsync(HttpContext context)
    {
        // What answers 405 and 415 is an endpoint too, but of no route.
        var endpoint = context.GetEndpoint() as RouteEndpoint;
        var requirement = endpoint?.Metadata.GetMetadata<RoleRequirement>();
        bool isApi = context.Request.Path.StartsWithSegments(ApiExtensions.Prefix, StringComparison.OrdinalIgnoreCase);
        if (!isApi && requirement is null)
        {
            await next(context);
            return;
        }
        context.Response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        try
        {
            await AdmitAsync(context, endpoint, requirement ?? (endpoint is null ? NoEndpoint : Unsaid));
        }
        catch (Exception failure) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await AnswerAsync(context, failure);
        }
    }

    private async Task AdmitAsync(HttpContext context, RouteEndpoint? endpoint, RoleRequirement requirement)
    {
        var caller = access.Admit(context, requirement);
        if (RawPath.HasDots(context.Request.Path.Value))
            throw ApiProblem.InvalidPath.Because("A part of the path is . or .., which HTTP removes. Write a client id or topic of that name as ~Lg or ~Li4.");
        if (endpoint is null)
        {
            await next(context);
            return;
        }
        context.Features.Set(ApiQuery.Read(context.Request.QueryString.Value, TakenParameters.Of(endpoint.Metadata)));
        context.Features.Set(caller);
        if (endpoint.Metadata.GetMetadata<Unbounded>() is not null)
            await next(context);
        else
            await bounds.RunAsync(context, next);
        if (!HttpMethods.IsGet(context.Request.Method) && endpoint.Metadata.GetMetadata<Traffic>() is null)
            LogChange(caller.Name, context.Request.Method, context.Request.Path.Value, context.Response.StatusCode);
    }

    private Task AnswerAsync(HttpContext context, Exception failure)
    {
        var problem = Failures.Explain(failure);
        if (problem is null)
        {
            LogFault(context.Request.Method, context.Request.Path.Value, failure);
            problem = ApiProblem.InternalError.Because("The broker's log says more.");
        }
        return ProblemBody.WriteAsync(context, problem.Problem, problem.Message, problem.Parameter, problem.RetryAfter);
    }
}
