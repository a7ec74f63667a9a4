namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Metadata of an endpoint: a request header that it reads.</summary>
internal sealed record ReadHeader(string Name, string Description);
