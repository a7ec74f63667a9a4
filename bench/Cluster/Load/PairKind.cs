namespace OrleansBroker.Cluster.Load;

/// <param name="IsDurable">Whether the subscriber's session outlives its connection.</param>
internal readonly record struct PairKind(int QoS, bool IsDurable)
{
    /// <summary>All four, one after the other.</summary>
    public static PairKind Of(int index) => new(1 + (index % 2), index / 2 % 2 == 1);
}
