namespace OrleansBroker.Storage.Journals;

/// <summary>A commit that the store has answered, whatever became of its rows.</summary>
/// <param name="Rows">1 or more: one for each journal.</param>
/// <param name="Took">From the call to the answer.</param>
public readonly record struct JournalCommit(int Rows, TimeSpan Took);
