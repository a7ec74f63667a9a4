namespace OrleansBroker.Gateway.Admission;

/// <summary>The outcome, and who the client is when it is allowed.</summary>
/// <param name="Identity">Null unless <see cref="AuthenticationOutcome.Allowed"/>.</param>
public readonly record struct AuthenticationResult(AuthenticationOutcome Outcome, ClientIdentity? Identity)
{
    public static AuthenticationResult BadUserNameOrPassword => new(AuthenticationOutcome.BadUserNameOrPassword, null);

    public static AuthenticationResult NotAuthorized => new(AuthenticationOutcome.NotAuthorized, null);

    public static AuthenticationResult Unavailable => new(AuthenticationOutcome.Unavailable, null);

    public static AuthenticationResult Allowed(ClientIdentity identity) => new(AuthenticationOutcome.Allowed, identity);
}
