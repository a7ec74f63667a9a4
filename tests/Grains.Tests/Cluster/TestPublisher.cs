using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Waits for one publication.</summary>
internal sealed class TestPublisher : IPublisher
{
    private readonly TaskCompletionSource<ReasonCode> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ReasonCode> Settled => _settled.Task;

    void IPublisher.Deferred(Publication publication)
    {
        // Admission is not tested here.
    }

    void IPublisher.Settled(Publication publication, ReasonCode reason) => _settled.SetResult(reason);
}
