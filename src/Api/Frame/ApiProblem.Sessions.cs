using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

// Sessions.
public sealed partial class ApiProblem
{
    public static readonly ApiProblem SessionNotFound = new(
        "session-not-found", StatusCodes.Status404NotFound, "There is no such session", "The client id has no session: it never had one, it has ended, or it has expired.");
}
