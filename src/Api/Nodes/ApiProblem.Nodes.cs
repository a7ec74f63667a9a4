using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

// Of nodes.
public sealed partial class ApiProblem
{
    public static readonly ApiProblem NodeNotFound = new(
        "node-not-found", StatusCodes.Status404NotFound, "There is no such node", "No node of the cluster has this name: a node that is restarted gets another one. `GET /api/v1/nodes` names all.");
}
