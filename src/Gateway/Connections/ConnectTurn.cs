namespace OrleansBroker.Gateway.Connections;

/// <summary>One CONNECT's place in the line of its client id.</summary>
internal sealed class ConnectTurn(string clientId)
{
    private static readonly TaskCompletionSource Completed = CreateCompleted();

    // Not null when somebody has asked, which is rare, or when it has ended.
    private TaskCompletionSource? _ended;

    public string ClientId { get; } = clientId;

    /// <summary>Completes when the one before has its answer.</summary>
    public Task Before { get; set; } = Task.CompletedTask;

    public Task EndedAsync()
    {
        var waiter = Volatile.Read(ref _ended) ?? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _ended, waiter, null) ?? waiter).Task;
    }

    public void End() => Interlocked.CompareExchange(ref _ended, Completed, null)?.TrySetResult();

    private static TaskCompletionSource CreateCompleted()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
