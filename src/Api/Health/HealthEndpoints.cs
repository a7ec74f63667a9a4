using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;

namespace OrleansBroker.Api.Health;

/// <summary><c>/health/live</c>: the process answers, so do not restart it. <c>/health/ready</c>: send clients here, or (503) do not. Neither needs a key.</summary>
public static class HealthEndpoints
{
    // Probes use either.
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/health/live", Methods, static () => TypedResults.Text("live\n"));
        endpoints.MapMethods("/health/ready", Methods, static (HttpContext context, IReadiness readiness) => ReadyAsync(context, readiness));
    }

    private static Task ReadyAsync(HttpContext context, IReadiness readiness)
    {
        var state = readiness.State;
        return state == ReadinessState.Ready
            ? TypedResults.Text("ready\n").ExecuteAsync(context)
            : ProblemBody.WriteAsync(context, ApiProblem.NotReady, readiness.Detail ?? TextOf(state));
    }

    private static string TextOf(ReadinessState state) => state switch
    {
        ReadinessState.Draining => "The node is draining and takes no clients.",
        ReadinessState.StoreUnreachable => "The store does not answer.",
        _ => "The node is starting.",
    };
}
