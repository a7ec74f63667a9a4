namespace OrleansBroker.Storage.Journals;

/// <summary>What a step of compaction left.</summary>
public enum JournalCompaction : byte
{
    /// <summary>Nothing is left to do.</summary>
    Done,

    /// <summary>Call again.</summary>
    More,

    /// <summary>The caller's epoch is not the journal's: nothing was done.</summary>
    Fenced,
}
