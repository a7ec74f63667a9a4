using Orleans.Runtime.Services;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <summary>References to each silo's <see cref="INodeQueries"/>, by address. They are asked for seldom, and so not kept.</summary>
internal sealed class NodeQueriesClient(IServiceProvider services) : GrainServiceClient<INodeQueries>(services)
{
    public INodeQueries For(SiloAddress silo) => GetGrainService(silo);
}
