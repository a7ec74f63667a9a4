using OrleansBroker.Broker.Options;

namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>Checks user names and passwords against a password file. An unknown user costs and looks the same as a wrong password.</summary>
public sealed class PasswordFileAuthenticator : IAuthenticator, IDisposable
{
    private readonly PasswordFile _file;
    private readonly AnonymousPolicy _anonymous;
    private readonly PasswordChecks _checks;
    private readonly VerifiedCredentials _verified;

    /// <param name="anonymous">For clients that present neither user name nor password.</param>
    public PasswordFileAuthenticator(PasswordFile file, AnonymousPolicy anonymous, LimitsOptions limits)
    {
        int concurrent = limits.MaxPasswordChecks > 0 ? limits.MaxPasswordChecks : Math.Max(1, Environment.ProcessorCount / 2);
        _file = file;
        _anonymous = anonymous;
        _checks = new(concurrent, limits.MaxWaitingPasswordChecks);
        _verified = new(limits.PasswordCacheEntries);
    }

    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        if (request.UserName is null && request.Password is null)
            return ValueTask.FromResult(AnonymousAuthenticator.Welcome(_anonymous, request.IsLoopback));
        if (request.UserName is null || request.Password is null)
            return ValueTask.FromResult(AuthenticationResult.BadUserNameOrPassword);
        var record = _file.Current.Find(request.UserName);
        if (record is null)
            return RefuseSlowlyAsync(request.Password, cancellationToken);
        var key = CredentialKey.Of(record, request.Password);
        return _verified.Contains(key)
            ? ValueTask.FromResult(AuthenticationResult.Allowed(new ClientIdentity(record.UserName)))
            : CheckAsync(record, key, request.Password, cancellationToken);
    }

    public void Dispose() => _checks.Dispose();

    private async ValueTask<AuthenticationResult> CheckAsync(PasswordRecord record, CredentialKey key, byte[] password, CancellationToken cancellationToken)
    {
        bool? verified = await _checks.RunAsync(() => record.Hash.Verify(password), cancellationToken);
        if (verified is null)
            return AuthenticationResult.Unavailable;
        if (!verified.Value)
            return AuthenticationResult.BadUserNameOrPassword;
        _verified.Add(key);
        return AuthenticationResult.Allowed(new ClientIdentity(record.UserName));
    }

    private async ValueTask<AuthenticationResult> RefuseSlowlyAsync(byte[] password, CancellationToken cancellationToken) =>
        await _checks.RunAsync(() => _file.Current.Decoy.Verify(password), cancellationToken) is null
            ? AuthenticationResult.Unavailable
            : AuthenticationResult.BadUserNameOrPassword;
}
