namespace OrleansBroker.Gateway.Admission.Enhanced;

/// <summary>The server's side of one exchange. The connection bounds number of steps, size of data and time, and disposes of it when it has ended, whichever
/// way; never while a step runs.</summary>
public interface IAuthenticationExchange : IDisposable
{
    /// <summary>Takes what the client sent. One call at a time; none after anything but <see cref="ExchangeStepKind.Continue"/>.</summary>
    /// <param name="data">Hostile. Null when the packet had no Authentication Data. The exchange's own from now on.</param>
    /// <remarks>Completes at once where it can. Faults mean that it could not be decided: the client is told to come again later.</remarks>
    /// <exception cref="OperationCanceledException">The connection closes, or the time is over. Comes soon after the token says so: the end of the
    /// connection waits for it.</exception>
    ValueTask<ExchangeStep> StepAsync(byte[]? data, CancellationToken cancellationToken);
}
