namespace OrleansBroker.Storage.Journals;

/// <summary>Whether a row is the last of its epoch.</summary>
public enum JournalEnding : byte
{
    None,

    /// <summary>The owner hands over: it writes no more and acknowledges no more, so the next one need not wait for its lease (invariant B1).</summary>
    Close,

    /// <summary>All records and index entries go; stale writers stay fenced, and the journal can be opened again, empty.</summary>
    Delete,
}
