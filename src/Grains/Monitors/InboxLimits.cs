namespace OrleansBroker.Grains.Monitors;

/// <summary>How much of a monitor's inbox its holder works off before it passes the rest to the thread pool (invariant B12).</summary>
/// <param name="SliceEntries">Entries of one slice.</param>
/// <param name="Slice">Time of one slice.</param>
internal sealed record InboxLimits(int SliceEntries, TimeSpan Slice);
