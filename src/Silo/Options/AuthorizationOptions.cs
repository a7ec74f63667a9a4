namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Authorization:*</c>.</summary>
internal sealed record AuthorizationOptions
{
    [Text("a path", "File of rules that say who may publish and subscribe to what (docs/authorization.md); everything is allowed when not given.")]
    public string? File { get; init; }
}
