using System.Collections.Concurrent;
using Orleans.Runtime.Services;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <summary>References to the management side of each silo, by address, as <see cref="NodeClient"/> has those to the hot one.</summary>
internal sealed class NodeQueryClient : GrainServiceClient<INodeQueries>
{
    private readonly ConcurrentDictionary<SiloAddress, INodeQueries> _nodes = new();

    public NodeQueryClient(IServiceProvider services, ClusterView cluster)
        : base(services) => cluster.Died += silo => _nodes.TryRemove(silo, out _);

    public INodeQueries For(SiloAddress silo) => _nodes.GetOrAdd(silo, GetGrainService);
}
