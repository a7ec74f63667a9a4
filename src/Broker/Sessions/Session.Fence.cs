using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Sessions;

/// <summary>The journal has another owner.</summary>
public sealed partial class Session
{
    private bool _isFenced;

    /// <summary>Nothing that waits for a commit here will be stored: who waits is told so, and nothing more leaves.</summary>
    public void Fence()
    {
        _isFenced = true;
        while (_promises is not null && _promises.TryDequeue(out var promise)) (promise.Target as DurablePart)?.Settle(PartOutcome.NotStored);
    }
}
