namespace OrleansBroker.Storage.Journals;

/// <summary>
/// The grain's half of a journal. Called outside every lock, one call at a time per journal, on a thread of the writer or, where the store
/// commits inline, on the one that ended a <see cref="CommitTurn"/>. Must neither block nor wait for a commit.
/// </summary>
public interface IJournalOwner
{
    /// <summary>Every record with this number or a smaller one is safe; what it promises may leave. Numbers rise from call to call.</summary>
    void Committed(ulong number);

    /// <summary>Somebody else owns the journal: nothing more will be committed, what is pending never was. Called once, last.</summary>
    void Fenced();
}
