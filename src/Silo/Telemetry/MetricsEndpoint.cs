using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Silo.Telemetry;

/// <summary><c>/metrics</c>, as Prometheus reads it; on this machine without a key.</summary>
internal static class MetricsEndpoint
{
    public const string Path = "/metrics";

    /// <summary>A walk of all sessions serves so long, however many ask.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    /// <summary>A walk that takes longer is not waited for: the figures of the one before serve.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(Path, meterProvider: null, static branch => branch.Use(RefreshAsync), optionsName: null)
            .RequireRoleBeyondLoopback(ApiRole.Read);

    private static async Task RefreshAsync(HttpContext context, RequestDelegate next)
    {
        var figures = context.RequestServices.GetRequiredService<INodeFigures>();
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        await figures.RefreshAsync(MaxAge).WaitAsync(Patience, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await next(context);
    }
}
