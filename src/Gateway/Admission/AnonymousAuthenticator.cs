namespace OrleansBroker.Gateway.Admission;

/// <summary>The broker without users: where a client comes from decides, and credentials are not looked at.</summary>
public sealed class AnonymousAuthenticator(AnonymousPolicy policy) : IAuthenticator
{
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Welcome(policy, request.IsLoopback));

    internal static AuthenticationResult Welcome(AnonymousPolicy policy, bool isLoopback) =>
        policy == AnonymousPolicy.Everywhere || (policy == AnonymousPolicy.Loopback && isLoopback)
            ? AuthenticationResult.Allowed(ClientIdentity.Anonymous)
            : AuthenticationResult.NotAuthorized;
}
