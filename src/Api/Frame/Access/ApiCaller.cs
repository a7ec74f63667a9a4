namespace OrleansBroker.Api.Frame.Access;

/// <summary>Who makes a request.</summary>
/// <param name="Name">The key's; <see cref="LocalName"/> when the node has no keys.</param>
internal sealed record ApiCaller(string Name, ApiRole Roles)
{
    public const string LocalName = "local";

    public static readonly ApiCaller Local = new(LocalName, ApiRole.Admin);

    public bool May(ApiRole anyOf) => (Roles & (anyOf | ApiRole.Admin)) != 0;
}
