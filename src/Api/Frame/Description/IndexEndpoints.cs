using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OrleansBroker.Api.Frame.Description;

/// <summary><c>GET /api/v1</c> says where one is; <c>GET /api/v1/openapi.json</c> describes everything.</summary>
internal static class IndexEndpoints
{
    public static void MapIndex(this RouteGroupBuilder api)
    {
        api.MapGet("", static (ApiOptions options) => TypedResults.Ok(new ApiIndex(options.ProductVersion, new("/api/v1/openapi.json", "/health/ready"))))
            .RequireRole(ApiRole.Any)
            .WithName("getIndex").WithTags(ApiTags.Api).WithSummary("The broker's version, and where to go on.");
        api.MapGet("/openapi.json", static async (HttpContext context, ApiDocument document) =>
                TypedResults.Bytes(await document.GetAsync(context.RequestAborted), "application/json"))
            .RequireRole(ApiRole.Any)
            .Produces<object>(StatusCodes.Status200OK, "application/json")
            .WithName("getOpenApi").WithTags(ApiTags.Api).WithSummary("This document.");
    }
}
