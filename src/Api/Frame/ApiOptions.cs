namespace OrleansBroker.Api.Frame;

/// <summary>What the API is told of its node.</summary>
/// <param name="ProductVersion">The program's version.</param>
/// <param name="MaxRequests">Requests at the same time, those whose answers go on not counted.</param>
/// <param name="RequestTimeout">From the complete head of a request to its answer.</param>
public sealed record ApiOptions(string ProductVersion, int MaxRequests, TimeSpan RequestTimeout);
