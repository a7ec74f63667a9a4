namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Authentication:*</c>.</summary>
internal sealed record AuthenticationOptions
{
    [Text("a path", "File of users and password hashes, written by `orleans-broker password`; read again when it changes.")]
    public string? PasswordFile { get; init; }
}
