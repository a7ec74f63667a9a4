using Orleans.Runtime.Placement;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Placement;

/// <summary>Places a session where a caller's hint says; on the calling silo, should that have both roles; or else where it belongs, among the silos that can host it.</summary>
internal sealed class SessionPlacementDirector(SessionMap map) : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var compatible = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, compatible) is { } hint) return Task.FromResult(hint);
        if (compatible.Length == 1 || (map.PrefersSelf && compatible.Contains(context.LocalSilo))) return Task.FromResult(compatible.Length == 1 ? compatible[0] : context.LocalSilo);
        var owner = map.OwnerOf(SessionKey.Parse(target.GrainIdentity.Key.ToString()!).ClientId);
        // What placement knows of the silos may be a moment older or newer.
        return Task.FromResult(owner is not null && compatible.Contains(owner) ? owner : compatible[0]);
    }
}
