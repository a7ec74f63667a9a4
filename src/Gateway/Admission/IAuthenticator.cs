namespace OrleansBroker.Gateway.Admission;

/// <summary>Decides at CONNECT who a client is. Asked once for each CONNECT, from any thread.</summary>
public interface IAuthenticator
{
    /// <summary>Completes at once where it can. Faults mean that the decision could not be made: treat them as
    /// <see cref="AuthenticationOutcome.Unavailable"/>.</summary>
    /// <exception cref="OperationCanceledException">The connection has gone, or its time for CONNECT is over.</exception>
    ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken);
}
