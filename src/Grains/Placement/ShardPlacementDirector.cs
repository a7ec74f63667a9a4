using Orleans.Runtime.Placement;

namespace OrleansBroker.Grains.Placement;

/// <summary>Places a shard where a caller's hint says, or else where it belongs, among the silos that can host it.</summary>
internal sealed class ShardPlacementDirector(ShardMap map) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var compatible = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, compatible) is { } hint) return Task.FromResult(hint);
        var shard = (int)target.GrainIdentity.GetIntegerKey();
        var owner = map.OwnerOf(shard);
        // What placement knows of the silos may be a moment older or newer.
        return Task.FromResult(owner is not null && compatible.Contains(owner) ? owner : ShardMap.Choose(shard, compatible)!);
    }
}
