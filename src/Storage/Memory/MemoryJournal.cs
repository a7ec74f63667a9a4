using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Memory;

/// <summary>One journal: who owns it, the number of its last row, and what its rows amount to. Guarded by the store's lock.</summary>
internal sealed class MemoryJournal
{
    private long _opened;

    public JournalEpoch Epoch { get; private set; }

    public WriterId? Writer { get; private set; }

    public ulong Number { get; private set; }

    public JournalEnding Ending { get; private set; } = JournalEnding.Close;

    public long DueUtcSecond { get; private set; }

    public string? AttachedOwner { get; private set; }

    /// <summary>Null until something is written: most journals of idle sessions hold little, and some nothing.</summary>
    public MemoryRecords? Records { get; private set; }

    public bool IsDeleted => Ending == JournalEnding.Delete;

    public JournalOpening Open(JournalEpoch epoch, WriterId writer, TimeProvider time)
    {
        var opening = new JournalOpening(
            epoch, Number + 1, IsDeleted ? null : Writer, Ending != JournalEnding.None, DueUtcSecond, AttachedOwner)
        {
            PreviousAge = time.GetElapsedTime(_opened),
        };
        _opened = time.GetTimestamp();
        Epoch = epoch;
        Writer = writer;
        Number++;
        Ending = JournalEnding.None;
        return opening;
    }

    /// <summary>Whether the row is the next one of the owner, was written before, or comes too late.</summary>
    public JournalOutcome Judge(JournalAppend row)
    {
        if (row.Epoch != Epoch || row.Writer != Writer)
            return JournalOutcome.Fenced;
        if (row.Number <= Number)
            return JournalOutcome.Committed;
        return row.Number == Number + 1 ? JournalOutcome.Unknown : JournalOutcome.Fenced;
    }

    public void Apply(JournalAppend row)
    {
        Number = row.Number;
        Ending = row.Ending;
        if (row.Ending == JournalEnding.Delete)
        {
            Records = null;
            DueUtcSecond = 0;
            AttachedOwner = null;
            return;
        }

        foreach (var record in row)
            (Records ??= new MemoryRecords()).Apply(record);
        if (row.ChangesDue)
            DueUtcSecond = row.DueUtcSecond;
        if (row.ChangesAttached)
            AttachedOwner = row.AttachedOwner;
    }
}
