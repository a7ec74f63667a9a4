namespace OrleansBroker.Grains.Timing;

/// <summary>
/// Something with one deadline, in the silo's timing wheel: derived from by whatever waits, so that scheduling allocates nothing.
/// 48 bytes as an object, 32 of them these fields. What has several deadlines schedules the earliest.
/// </summary>
internal abstract class WheelEntry
{
    /// <summary>Returned by <see cref="OnDue"/>: no further deadline.</summary>
    public const long Done = -1;

    /// <summary>Spreads entries over the wheel's shards; lost increments do no harm.</summary>
    private static int _created;

    /// <param name="shiftsWhenLate">
    /// The deadline is moved by the time that the process stood still (invariant H12): for keep-alive, whose packets may lie unread.
    /// </param>
    protected WheelEntry(bool shiftsWhenLate)
    {
        ShiftsWhenLate = shiftsWhenLate;
        Shard = (byte)_created++;
    }

    internal WheelEntry? Next { get; set; }

    internal WheelEntry? Previous { get; set; }

    /// <summary>Monotonic milliseconds; less the shift that was in force, if the entry shifts.</summary>
    internal long Due { get; set; }

    internal byte Shard { get; }

    internal bool ShiftsWhenLate { get; }

    internal WheelEntryState State { get; set; }

    /// <summary>
    /// The deadline has passed. Called by the wheel outside its locks, one entry after the other: must not block. The cheap way to keep a deadline
    /// that moves with every packet is to schedule it once and answer here.
    /// </summary>
    /// <param name="nowMilliseconds">The monotonic time of this turn of the wheel; never before the deadline.</param>
    /// <returns>The next deadline ("not yet: the last packet was later"), or <see cref="Done"/>. Scheduled or cancelled meanwhile, it is ignored.</returns>
    protected internal abstract long OnDue(long nowMilliseconds);
}
