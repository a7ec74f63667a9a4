using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

// The presence feed.
public sealed partial class ApiProblem
{
    public static readonly ApiProblem TooManyFeeds = new(
        "too-many-feeds", StatusCodes.Status429TooManyRequests, "The node has as many feeds as it may have", "`Broker:Limits:MaxEventFeeds` is reached. Ask another node, or close a feed.");
}
