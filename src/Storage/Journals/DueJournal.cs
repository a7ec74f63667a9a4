namespace OrleansBroker.Storage.Journals;

/// <summary>An entry of the due index: the journal's owner has something to do at that second (UTC, since 1970).</summary>
public readonly record struct DueJournal(long UtcSecond, JournalId Journal);
