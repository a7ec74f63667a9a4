namespace OrleansBroker.Storage.Journals;

/// <summary>Takes a journal's live records while they are read, page by page: the whole need never be in memory at once.</summary>
public interface IJournalReplay
{
    /// <summary>Payloads beyond this many bytes in one replay are not loaded (<see cref="JournalRecord.Payload"/> is null); read them by key later.</summary>
    long MaxPayloadBytes => long.MaxValue;

    /// <summary>Called once per live record, in order of last write. Must not block, wait, or call the store.</summary>
    void Replay(in JournalRecord record);
}
