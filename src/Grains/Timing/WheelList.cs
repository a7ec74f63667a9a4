namespace OrleansBroker.Grains.Timing;

/// <summary>The head of a circular list of entries: an entry leaves it without knowing which one it is in, and all of it moves in one step.</summary>
internal sealed class WheelList : WheelEntry
{
    public WheelList()
        : base(shiftsWhenLate: false)
    {
        Next = this;
        Previous = this;
    }

    public bool IsEmpty => ReferenceEquals(Next, this);

    public WheelEntry First => Next!;

    public static void Unlink(WheelEntry entry)
    {
        entry.Previous!.Next = entry.Next;
        entry.Next!.Previous = entry.Previous;
        entry.Next = entry.Previous = null;
    }

    public void Append(WheelEntry entry)
    {
        entry.Previous = Previous;
        entry.Next = this;
        Previous!.Next = entry;
        Previous = entry;
    }

    /// <summary>Moves all entries of the other list to the end of this one.</summary>
    public void AppendAll(WheelList other)
    {
        if (other.IsEmpty)
            return;
        other.Next!.Previous = Previous;
        other.Previous!.Next = this;
        Previous!.Next = other.Next;
        Previous = other.Previous;
        other.Next = other.Previous = other;
    }

    protected internal override long OnDue(long nowMilliseconds) => Done;
}
