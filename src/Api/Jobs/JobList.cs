namespace OrleansBroker.Api.Jobs;

/// <summary>This node's jobs, in the order of their starts.</summary>
internal sealed record JobList(string Node, IReadOnlyList<JobView> Items);
