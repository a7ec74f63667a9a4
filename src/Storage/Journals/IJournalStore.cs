namespace OrleansBroker.Storage.Journals;

/// <summary>
/// Keeps journals: what the stores implement and <c>JournalStoreContract</c> in the tests holds them to.
/// A journal is a sequence of rows (journal, number, epoch, writer, records), numbered without gaps from 1. Opening writes a row of
/// its own at the next number: whoever goes on with an older epoch finds its number taken and is fenced, without locks (invariant B10).
/// Members may be called concurrently, also for one journal; only commits of one partition come one after another.
/// Except where an outcome says otherwise a store that cannot be reached throws what its driver throws, and the caller retries (invariant H11).
/// </summary>
public interface IJournalStore : IAsyncDisposable
{
    /// <summary>How many commits can usefully be under way at once, 1 or more; fixed while the store lives (invariant H10).</summary>
    int PartitionCount { get; }

    /// <summary>Buckets of the due index, 1 or more; fixed when the store's data are created.</summary>
    int BucketCount { get; }

    /// <summary>The store does no I/O: what it is asked is done when the call returns, so a commit may run on a caller's thread, and nobody waits for it.</summary>
    bool CommitsInline { get; }

    /// <summary>Members that only read are done when the call returns: a time limit on them would never run out, and costs more than the reading.</summary>
    bool ReadsInline { get; }

    /// <summary>Who among the writers may still promise something.</summary>
    ISiloLeases Leases { get; }

    /// <summary>0 to <see cref="PartitionCount"/> - 1; the same as long as the store lives.</summary>
    int PartitionOf(JournalId journal);

    /// <summary>
    /// Makes <paramref name="writer"/> the only one who can append, and hands the live records to <paramref name="replay"/>. Creates what
    /// does not exist. A failed or cancelled opening may have raised the epoch all the same; its replay is worthless then.
    /// </summary>
    ValueTask<JournalOpening> OpenAsync(JournalId journal, WriterId writer, IJournalReplay replay, CancellationToken cancellation);

    /// <summary>
    /// Writes one row for each of several journals of one partition, no journal twice, and sets every <see cref="JournalAppend.Outcome"/>.
    /// A row (records, index changes and ending together) is written whole or not at all; a fenced one does not touch the others.
    /// Repeating a row is harmless: it is not applied twice. After an exception, outcomes not yet set are unknown.
    /// The appends and their buffers belong to the caller again when the task is complete.
    /// </summary>
    ValueTask CommitAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation);

    /// <summary>
    /// One bounded step of forgetting replaced and removed records. Takes no number and keeps the row of every opening for a day (also of a
    /// deleted journal), so that every stale writer still finds its number taken. Done by the owner only: a step with an older epoch does nothing and says so.
    /// </summary>
    ValueTask<JournalCompaction> CompactAsync(
        JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation);

    /// <summary>Reads live records by key, in the order asked for; keys that hold nothing are left out. For what a replay did not load.</summary>
    ValueTask ReadAsync(
        JournalId journal, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation);

    /// <summary>Reads a part of a journal's live records, for what is looked at without opening it; of a journal that does not exist, none.</summary>
    ValueTask ScanAsync(JournalId journal, JournalScan scan, IJournalReplay replay, CancellationToken cancellation);

    /// <summary>
    /// What journals of a kind have, page by page, in their order: for lists of very many. Costs one look for each journal, and one for each record that is counted or read; no
    /// payload is loaded for it, and nobody who writes waits for it.
    /// </summary>
    ValueTask<JournalDigestPage> DigestAsync(JournalDigestQuery query, CancellationToken cancellation);

    /// <summary>Journals of a kind that exist (opened at least once and not deleted), in their order, beginning behind <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation);

    /// <summary>
    /// Journals of the bucket (<see cref="JournalId.BucketOf"/>) that are due before the second, by time, then by journal, beginning behind
    /// <paramref name="after"/> (which need not exist any more).
    /// </summary>
    ValueTask<IReadOnlyList<DueJournal>> DueAsync(
        int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation);

    /// <summary>Journals attached to the owner, in their order, beginning behind <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<JournalId>> AttachedAsync(string owner, JournalId? after, int limit, CancellationToken cancellation);

    /// <summary>Owners to whom any journal is attached, in ordinal order, beginning behind <paramref name="after"/>: the dead ones among them are found after a restart.</summary>
    ValueTask<IReadOnlyList<string>> AttachedOwnersAsync(string? after, int limit, CancellationToken cancellation);
}
