using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Api.Nodes;

/// <summary><c>/nodes</c>: the cluster's nodes, as the one that is asked sees them and as they say of themselves.</summary>
public static class NodeEndpoints
{
    public static void MapNodes(this RouteGroupBuilder api)
    {
        api.MapGet("/nodes", ListAsync)
            .RequireRole(ApiRole.Read)
            .WithName("listNodes").WithTags("Nodes").WithSummary("All nodes of the cluster, with those that died lately.");
        api.MapGet("/nodes/{node}", ReadAsync)
            .RequireRole(ApiRole.Read)
            .CanFail(ApiProblem.NodeNotFound)
            .WithName("getNode").WithTags("Nodes").WithSummary("One node.");
    }

    private static async Task<Ok<NodesBody>> ListAsync(IClusterReports reports, CancellationToken cancellation)
    {
        var cluster = await reports.ReadAsync(cancellation);
        string[] missing = [.. cluster.Missing];
        return TypedResults.Ok(new NodesBody([.. cluster.Nodes.Select(NodeBodies.Of)], Times.Of(cluster.AtUtcMilliseconds), missing.Length == 0 ? null : missing));
    }

    private static async Task<Ok<NodeBody>> ReadAsync(PathText node, IClusterReports reports, CancellationToken cancellation)
    {
        var cluster = await reports.ReadAsync(cancellation);
        return cluster.Nodes.FirstOrDefault(known => known.Name == node.Text) is { } found
            ? TypedResults.Ok(NodeBodies.Of(found))
            : throw ApiProblem.NodeNotFound.Because($"No node is called {node.Text}; GET /api/v1/nodes names all.");
    }
}
