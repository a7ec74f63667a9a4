using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

// Jobs.
public sealed partial class ApiProblem
{
    public static readonly ApiProblem JobNotFound = new(
        "job-not-found", StatusCodes.Status404NotFound, "There is no such job", "This node has no such job. A job is known to the node that took it alone, for as long as that runs, and for an hour after its end.");

    public static readonly ApiProblem TooManyJobs = new(
        "too-many-jobs", StatusCodes.Status429TooManyRequests, "The node works at as many jobs as it may", "Four jobs run on this node. Wait for one, cancel one, or ask another node.");
}
