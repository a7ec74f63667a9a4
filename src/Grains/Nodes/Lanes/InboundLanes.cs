using System.Collections.Concurrent;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>The receiving ends of all lanes to this silo; those of a silo that dies go with it.</summary>
internal sealed class InboundLanes
{
    private readonly ConcurrentDictionary<SiloAddress, InboundLane?[]> _lanes = new();
    private readonly NodeInbox _inbox;
    private readonly ClusterView _cluster;

    public InboundLanes(NodeInbox inbox, ClusterView cluster)
    {
        _inbox = inbox;
        _cluster = cluster;
        cluster.Died += silo => _lanes.TryRemove(silo, out _);
    }

    /// <summary>
    /// Completes when the lane has room again. A lane that does not exist takes nothing, nor one of a silo that has been declared dead and goes on: what it was sent and had not done is
    /// with others since, so what it sends now would come twice.
    /// </summary>
    public Task AcceptAsync(ReadOnlyMemory<byte> batch, SiloAddress from, int lane, long number)
    {
        if ((uint)lane >= LaneNumber.End || _cluster.IsDead(from)) return Task.CompletedTask;
        var lanes = _lanes.GetOrAdd(from, static _ => new InboundLane?[LaneNumber.End]);
        var inbound = Volatile.Read(ref lanes[lane]);
        if (inbound is null)
        {
            var made = new InboundLane(from, _inbox);
            inbound = Interlocked.CompareExchange(ref lanes[lane], made, null) ?? made;
        }

        return inbound.AcceptAsync(batch, number);
    }
}
