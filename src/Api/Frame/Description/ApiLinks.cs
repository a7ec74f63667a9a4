namespace OrleansBroker.Api.Frame.Description;

/// <summary>Paths on this node.</summary>
internal sealed record ApiLinks(string Openapi, string Ready);
