using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// When the silo drains, after its shards and sessions have gone: what it has sent or passed on is done, and what it owes others has been said. Otherwise they would
/// send again, to the sessions' next activations, what those have had.
/// </summary>
internal sealed class LaneDrain(NodeSenders senders, BrokerClock clock) : IDrainedPart
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    public async Task DrainAsync(TimeSpan time, CancellationToken cancellation)
    {
        while (senders.Outstanding.Count > 0) await Task.Delay(LookAgain, clock.TimeProvider, cancellation);
        await Task.WhenAll(senders.ArrivedAsync(LaneKind.Connection), senders.ArrivedAsync(LaneKind.Done)).WaitAsync(cancellation);
    }
}
