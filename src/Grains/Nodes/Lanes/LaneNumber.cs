namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>The lanes from one silo to another: some of each kind, chosen by the destination's hash, so that many cores share the work (invariant H8).</summary>
internal static class LaneNumber
{
    /// <summary>More would only make batches smaller: one for two cores.</summary>
    private static readonly int OfKind = Math.Clamp(Environment.ProcessorCount / 2, 1, Most);

    public const int Kinds = 5;

    /// <summary>Of a kind, on any machine: the receiver's array is made for it.</summary>
    public const int Most = 4;

    public const int End = Kinds * Most;

    public static int Of(LaneKind kind, int hash) => ((int)kind * Most) + (int)((uint)hash % (uint)OfKind);

    public static int Of(LaneKind kind, string clientId) => Of(kind, OfKind == 1 ? 0 : clientId.GetHashCode(StringComparison.Ordinal));

    public static int FirstOf(LaneKind kind) => (int)kind * Most;
}
