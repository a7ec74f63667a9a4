namespace OrleansBroker.Api.Frame;

/// <summary>Ends a request with a problem of the catalogue. Made by <see cref="ApiProblem.Because"/>.</summary>
public sealed class ApiProblemException : Exception
{
    internal ApiProblemException(ApiProblem problem, string detail)
        : base(detail) => Problem = problem;

    public ApiProblem Problem { get; }

    /// <summary>The parameter at fault.</summary>
    public string? Parameter { get; internal init; }

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; internal init; }
}
