namespace OrleansBroker.Storage.Journals;

/// <summary>What became of one journal's row in a commit.</summary>
public enum JournalOutcome : byte
{
    /// <summary>Not known whether it was written (timeout, store unreachable): repeat the row exactly as it is.</summary>
    Unknown,

    /// <summary>The row is safe, by this call or by an earlier one with the same epoch, writer and number.</summary>
    Committed,

    /// <summary>Somebody else has opened the journal since: nothing of the row was written, nothing ever will be.</summary>
    Fenced,
}
