namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>Runs slow hashes on the thread pool, a few at a time, with a bounded number waiting: a storm of CONNECTs takes neither all threads nor all memory.</summary>
/// <param name="maxConcurrent">At least 1.</param>
/// <param name="maxWaiting">Checks that wait beside those that run.</param>
internal sealed class PasswordChecks(int maxConcurrent, int maxWaiting) : IDisposable
{
    private readonly SemaphoreSlim _running = new(maxConcurrent);
    private int _admitted;

    /// <param name="check">Slow; runs on a thread of the pool.</param>
    /// <returns>What the check says; null when too many wait.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while it waited. A check that runs is not interrupted.</exception>
    public async ValueTask<bool?> RunAsync(Func<bool> check, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _admitted) > maxConcurrent + maxWaiting)
                return null;
            await _running.WaitAsync(cancellationToken);
            try
            {
                return await Task.Run(check, CancellationToken.None);
            }
            finally
            {
                _running.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _admitted);
        }
    }

    public void Dispose() => _running.Dispose();
}
