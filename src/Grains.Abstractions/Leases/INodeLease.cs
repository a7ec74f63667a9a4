namespace OrleansBroker.Grains.Leases;

/// <summary>
/// Whether this node may promise what it does not write (invariant B1): it has a lease in the store, which it renews. A node without a cluster has none and needs none. Any
/// thread may ask.
/// </summary>
public interface INodeLease
{
    /// <summary>The lease runs now. A clock is read: some 25 ns.</summary>
    bool IsValid { get; }

    /// <summary>For how long it has not been valid; zero while it is.</summary>
    TimeSpan InvalidFor { get; }
}
