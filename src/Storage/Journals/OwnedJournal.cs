namespace OrleansBroker.Storage.Journals;

/// <summary>A journal whose last opening was the asker's, with the epoch that it got.</summary>
public readonly record struct OwnedJournal(JournalId Journal, JournalEpoch Epoch);
