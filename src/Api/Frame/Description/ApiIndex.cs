namespace OrleansBroker.Api.Frame.Description;

/// <summary>The answer of <c>GET /api/v1</c>.</summary>
/// <param name="Version">The broker's.</param>
internal sealed record ApiIndex(string Version, ApiLinks Links);
