using System.Threading.Channels;

namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// How many CONNECTs of this gateway their sessions are asked to take at once. When devices come faster than cores can take them, those beyond it wait here, where they cost nothing:
/// calls that come to their time limit in a core's queue would be work for nobody, and make the next ones later still.
/// </summary>
/// <param name="patience">Who waits for longer is to be refused.</param>
internal sealed class ConnectPermits(int atOnce, TimeSpan patience, TimeProvider time)
{
    /// <summary>An entry for each permit that is given.</summary>
    private readonly Channel<bool> _given = Channel.CreateBounded<bool>(atOnce);

    /// <returns>False when the time is over; <see cref="Leave"/> must follow otherwise.</returns>
    /// <exception cref="OperationCanceledException">The connection has ended.</exception>
    public ValueTask<bool> EnterAsync(CancellationToken cancellationToken) => _given.Writer.TryWrite(true) ? ValueTask.FromResult(true) : WaitAsync(cancellationToken);

    public void Leave() => _given.Reader.TryRead(out _);

    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _given.Writer.WriteAsync(true, both.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
