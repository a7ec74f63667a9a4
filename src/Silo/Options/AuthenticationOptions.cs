using OrleansBroker.Gateway.Admission.Enhanced.Scram;

namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Authentication:*</c>.</summary>
internal sealed record AuthenticationOptions
{
    [Text("a path", "File of users and password hashes, written by `orleans-broker password`; read again when it changes.")]
    public string? PasswordFile { get; init; }

    [Names("Methods of 5.0 enhanced authentication (AUTH) for the users of the password file, which they need; a client that names another is refused (0x8C).", ScramMethod.Sha512, ScramMethod.Sha256)]
    public IReadOnlyList<string> Methods { get; init; } = [];
}
