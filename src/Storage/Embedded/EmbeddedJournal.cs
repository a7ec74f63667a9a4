using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Embedded;

/// <summary>A journal that this process has opened. Changed within the store's turn only.</summary>
internal sealed class EmbeddedJournal(EmbeddedHeader header)
{
    public EmbeddedHeader Header { get; set; } = header;

    /// <summary>When it was opened last: the clock's timestamp.</summary>
    public long Opened { get; set; }

    /// <summary>Whether the row is the next one of the owner, was written before, or comes too late.</summary>
    public JournalOutcome Judge(JournalAppend row)
    {
        if (row.Epoch != Header.Epoch || row.Writer != Header.Writer) return JournalOutcome.Fenced;
        if (row.Number <= Header.Number) return JournalOutcome.Committed;
        return row.Number == Header.Number + 1 ? JournalOutcome.Unknown : JournalOutcome.Fenced;
    }

    /// <summary>The header as it is after the row.</summary>
    public EmbeddedHeader After(JournalAppend row) => Header with
    {
        Number = row.Number,
        Ending = row.Ending,
        DueUtcSecond = row.Ending == JournalEnding.Delete ? 0 : row.ChangesDue ? row.DueUtcSecond : Header.DueUtcSecond,
        AttachedOwner = row.Ending == JournalEnding.Delete ? null : row.ChangesAttached ? row.AttachedOwner : Header.AttachedOwner,
    };
}
