namespace OrleansBroker.Api.Publish;

/// <summary>One User Property; a name may come several times, and the order is kept.</summary>
internal sealed record UserPropertyBody(string Name, string Value);
