namespace OrleansBroker.Storage.Journals;

/// <summary>A journal that this silo's writer writes, and how it was found.</summary>
public readonly record struct OpenedJournal(Journal Journal, JournalOpening Opening);
