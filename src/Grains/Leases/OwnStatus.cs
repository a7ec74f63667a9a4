namespace OrleansBroker.Grains.Leases;

/// <summary>What the membership table says of this silo.</summary>
internal sealed class OwnStatus(IClusterMembershipService membership, ILocalSiloDetails self)
{
    /// <summary>Reads the table: a silo that stood still may not have heard of it. Throws what the store throws when it cannot be reached.</summary>
    public async Task<bool> IsDeclaredDeadAsync(CancellationToken cancellation)
    {
        await membership.Refresh(cancellationToken: cancellation);
        return membership.CurrentSnapshot.GetSiloStatus(self.SiloAddress) == SiloStatus.Dead;
    }
}
