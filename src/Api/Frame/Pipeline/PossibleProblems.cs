namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Metadata of an endpoint: problems of its own.</summary>
internal sealed record PossibleProblems(IReadOnlyList<ApiProblem> Problems);
