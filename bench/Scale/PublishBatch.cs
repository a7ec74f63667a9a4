using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Scale;

/// <summary>So many messages at QoS 1, and the wait for the last acknowledgement.</summary>
internal sealed class PublishBatch(int count) : IPublisher, IDisposable
{
    private readonly CountdownEvent _open = new(count);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task SettledAsync() => _settled.Task;

    public void Deferred(Publication publication)
    {
        // Admission is the gateway's.
    }

    public void Settled(Publication publication, ReasonCode reason)
    {
        if (reason is not (ReasonCode.Success or ReasonCode.NoMatchingSubscribers))
            _settled.TrySetException(new InvalidOperationException($"a message was refused: {reason}"));
        else if (_open.Signal())
            _settled.TrySetResult();
    }

    public void Dispose() => _open.Dispose();
}
