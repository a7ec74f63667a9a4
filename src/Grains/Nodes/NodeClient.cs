using System.Collections.Concurrent;
using Orleans.Runtime.Services;

namespace OrleansBroker.Grains.Nodes;

/// <summary>References to the node service of each silo, by address: no look-up, no placement.</summary>
internal sealed class NodeClient(IServiceProvider services) : GrainServiceClient<INodeService>(services)
{
    private readonly ConcurrentDictionary<SiloAddress, INodeService> _nodes = new();

    public INodeService For(SiloAddress silo) => _nodes.GetOrAdd(silo, GetGrainService);

    public void Forget(SiloAddress silo) => _nodes.TryRemove(silo, out _);
}
