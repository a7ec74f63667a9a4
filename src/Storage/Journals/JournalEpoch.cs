namespace OrleansBroker.Storage.Journals;

/// <summary>Raised by every opening of a journal, also across its deletion; what carries an older one is refused.</summary>
public readonly record struct JournalEpoch(ulong Value);
