using System.Collections.Concurrent;
using Azure;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// One commit of a partition. Where a transaction is refused, the row that is the cause is asked about and the others are written without it (invariant B10): a row is
/// refused when its number is taken, which happens to whoever is stale, and to whoever repeats.
/// </summary>
internal sealed class AzureCommit(
    AzureTable table, AzureChunks chunks, string partition, ConcurrentDictionary<JournalId, AzureJournal> open, TimeProvider time)
{
    private readonly List<(JournalAppend Append, AzureJournal Journal)> _waiting = [];

    /// <summary>The journals of which rows were written.</summary>
    public List<AzureJournal> Written { get; } = [];

    public async Task RunAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation)
    {
        foreach (var append in appends)
        {
            if (await FindAsync(append, cancellation).ConfigureAwait(false) is { } journal) _waiting.Add((append, journal));
        }

        // Each refusal settles a row or learns what another writer of the journal did: more of them than that mean that the service contradicts itself.
        for (var refusals = 0; _waiting.Count > 0;)
        {
            var batch = Gather();
            var refused = await batch.SubmitAsync(cancellation).ConfigureAwait(false);
            if (refused is null)
            {
                Settle(batch);
                continue;
            }

            if (++refusals > (2 * appends.Count) + 4) throw new RequestFailedException($"Partition {partition} of the store refuses rows and says that they can be written.");
            await AskAsync(refusals == 1 ? refused : batch.Rows, cancellation).ConfigureAwait(false);
        }
    }

    private AzureBatch Gather()
    {
        var batch = new AzureBatch(table, chunks, partition, time.GetUtcNow());
        foreach (var (append, journal) in _waiting)
        {
            if (!batch.TryAdd(append, journal)) break;
        }

        return batch;
    }

    private void Settle(AzureBatch batch)
    {
        _waiting.RemoveRange(0, batch.Rows.Count);
        foreach (var row in batch.Rows)
        {
            if (row.Append.Ending == JournalEnding.None) Written.Add(row.Journal);
            else Forget(row.Journal);
        }
    }

    private async Task AskAsync(IReadOnlyList<AzureBatch.Row> rows, CancellationToken cancellation)
    {
        foreach (var row in rows)
        {
            var place = _waiting.FindIndex(waiting => waiting.Append == row.Append);
            if (await JudgeAsync(row.Append, cancellation).ConfigureAwait(false) is { } journal) _waiting[place] = (row.Append, journal);
            else _waiting.RemoveAt(place);
        }
    }

    /// <summary>The journal of a row that is to be written; null when its outcome is known.</summary>
    private async Task<AzureJournal?> FindAsync(JournalAppend append, CancellationToken cancellation)
    {
        if (!open.TryGetValue(append.Journal, out var journal) || !journal.Header.IsOf(append.Epoch, append.Writer) || append.Number > journal.Last + 1)
            return await JudgeAsync(append, cancellation).ConfigureAwait(false);
        if (append.Number == journal.Last + 1) return journal;
        append.Outcome = JournalOutcome.Committed;
        return null;
    }

    /// <summary>By what the service has.</summary>
    private async Task<AzureJournal?> JudgeAsync(JournalAppend append, CancellationToken cancellation)
    {
        var name = AzureKeys.Journal(append.Journal);
        var header = await new AzureOpening(table, chunks, partition, time).ReadHeaderAsync(append.Journal, name, cancellation).ConfigureAwait(false);
        if (header is null || !header.IsOf(append.Epoch, append.Writer))
        {
            if (open.TryGetValue(append.Journal, out var stale) && stale.Header.IsOf(append.Epoch, append.Writer)) Forget(stale);
            append.Outcome = await JudgeByOpeningsAsync(append, name, cancellation).ConfigureAwait(false);
            return null;
        }

        if (header.Folded < append.Number && await table.GetAsync(partition, AzureKeys.Row(name, append.Number), cancellation, ["RowKey"]).ConfigureAwait(false) is null)
            return Refresh(append.Journal, new AzureJournal(partition, name, header, append.Number - 1));
        append.Outcome = JournalOutcome.Committed;
        var found = Refresh(append.Journal, new AzureJournal(partition, name, header, append.Number));
        if (header.Ending != JournalEnding.None) Forget(found);
        return null;
    }

    /// <summary>
    /// Who opened the journal next took the number after the writer's last row. Its row stays, whatever was folded: numbers below it are this writer's, and were written.
    /// </summary>
    private async Task<JournalOutcome> JudgeByOpeningsAsync(JournalAppend append, string name, CancellationToken cancellation)
    {
        var next = await table.FirstAsync(
            partition, AzureKeys.Row(name, append.Number), AzureKeys.Row(name, ulong.MaxValue), 1, cancellation, AzureRowEntity.IsOpening).ConfigureAwait(false);
        return next is [var opening] && AzureRowEntity.NumberOf(opening) > append.Number ? JournalOutcome.Committed : JournalOutcome.Fenced;
    }

    /// <summary>Corrects what this process knows of a journal that is its own.</summary>
    private AzureJournal Refresh(JournalId id, AzureJournal found)
    {
        var known = open.GetOrAdd(id, found);
        if (known == found) return found;
        known.Header = found.Header;
        known.Last = Math.Max(known.Last, found.Last);
        return known;
    }

    private void Forget(AzureJournal journal) => open.TryRemove(new KeyValuePair<JournalId, AzureJournal>(journal.Journal, journal));
}
