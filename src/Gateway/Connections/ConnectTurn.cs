namespace OrleansBroker.Gateway.Connections;

/// <summary>One CONNECT's place in the line of its client id.</summary>
/// <param name="before">Completes when the one before has its answer.</param>
internal sealed class ConnectTurn(string clientId, Task before)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string ClientId { get; } = clientId;

    public Task Before { get; } = before;

    public Task Ended => _ended.Task;

    public void End() => _ended.SetResult();
}
