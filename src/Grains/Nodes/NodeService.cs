using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The receiving end of other silos' items. It runs on one scheduler, so it only hands over (invariant H8).</summary>
[Reentrant]
[GrainType("broker.node")]
internal sealed class NodeService(GrainId id, Silo silo, ILoggerFactory loggers, NodeInbox inbox) : GrainService(id, silo, loggers), INodeService
{
    public ValueTask AcceptAsync(NodeItem[] items, SiloAddress from)
    {
        foreach (var item in items) inbox.Accept(item, from);
        return ValueTask.CompletedTask;
    }
}
