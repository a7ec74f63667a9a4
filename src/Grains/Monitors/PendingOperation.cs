namespace OrleansBroker.Grains.Monitors;

/// <summary>See <see cref="Operation{TState}"/>; the awaiting side continues on its own scheduler.</summary>
internal sealed class PendingOperation<TState, TResult>(Func<TState, TResult> body) : Operation<TState>
{
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Task => _completion.Task;

    public override void Run(TState state)
    {
        try
        {
            _completion.SetResult(body(state));
        }
        catch (Exception exception)
        {
            // A fault of ours: it belongs to the awaiting operation, not to whoever holds the monitor.
            _completion.SetException(exception);
        }
    }
}
