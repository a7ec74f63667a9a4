using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Turns the oldest rows of a journal into records, a transaction at a time: what was written and removed in the meantime never becomes one. The header says how far it
/// has come and is changed in the same transaction, so each record is folded once, and only by the owner.
/// </summary>
internal sealed class AzureFold(AzureTable table, AzureChunks chunks, AzureJournal journal, TimeProvider time)
{
    /// <summary>Rows that one step looks at: with 60 records or payloads they fill a transaction.</summary>
    private const int MaxRows = 32;

    /// <summary>Rows are read up to this many bytes.</summary>
    private const int MaxReadBytes = 4 * 1024 * 1024;

    /// <summary>An opening's row stays for so long: no lease of a stale writer lasts longer.</summary>
    public static readonly TimeSpan OpeningsKept = TimeSpan.FromDays(1);

    private readonly string _partition = journal.Partition;
    private readonly string _name = journal.Name;

    /// <summary>One transaction.</summary>
    /// <param name="maxRecords">At most so many records are looked at, 1 or more.</param>
    public async Task<JournalCompaction> StepAsync(int maxRecords, CancellationToken cancellation)
    {
        var header = journal.Header;
        var rows = await ReadAsync(header, cancellation).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            await ForgetOpeningsAsync(header, cancellation).ConfigureAwait(false);
            return JournalCompaction.Done;
        }

        var plan = new AzureFoldPlan(header, rows, maxRecords);
        await plan.FindExistingAsync(table, _partition, _name, cancellation).ConfigureAwait(false);
        plan.Take();
        return await WriteAsync(header, plan, cancellation).ConfigureAwait(false);
    }

    private async Task<List<AzureFoldRow>> ReadAsync(AzureHeader header, CancellationToken cancellation)
    {
        var found = await table.FirstAsync(
            _partition, AzureKeys.Row(_name, header.Folded + 1), AzureKeys.Row(_name, journal.Last + 1), MaxRows, cancellation).ConfigureAwait(false);
        List<AzureFoldRow> rows = [];
        var bytes = 0L;
        foreach (var row in found)
        {
            if (rows.Count > 0 && bytes + AzureBody.LengthOf(row) > MaxReadBytes) break;
            bytes += AzureBody.LengthOf(row);
            var number = AzureRowEntity.NumberOf(row);
            var body = await chunks.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
            rows.Add(new AzureFoldRow(row, number, AzureRow.Read(body, row, number, 0)));
        }

        return rows;
    }

    private async Task<JournalCompaction> WriteAsync(AzureHeader before, AzureFoldPlan plan, CancellationToken cancellation)
    {
        var header = before with { Folded = plan.Folded, FoldedRecords = plan.FoldedRecords };
        var transaction = new AzureTransaction(table);
        var place = transaction.Update(header.ToEntity(_partition, _name), before.Tag);
        foreach (var record in plan.Puts)
            transaction.Put(await AzureRecordEntity.CreateAsync(_partition, _name, before.Generation, record, chunks, cancellation).ConfigureAwait(false));
        foreach (var removed in plan.Removals) transaction.Delete(_partition, removed);
        var now = time.GetUtcNow();
        foreach (var row in plan.FoldedRows)
        {
            if (!(AzureRowEntity.OpenedOf(row) + OpeningsKept > now)) transaction.Delete(_partition, row.RowKey);
        }

        var orphaned = await new AzurePayloads(table, chunks, _partition).ChangeAsync(transaction, plan.References, cancellation).ConfigureAwait(false);
        var answers = await transaction.TrySubmitAsync(cancellation).ConfigureAwait(false);
        if (answers is null) return await JudgeAsync(before, cancellation).ConfigureAwait(false);
        journal.Header = header with { Tag = AzureTransaction.TagOf(answers[place]) };
        journal.UnfoldedBytes = header.Folded == journal.Last ? 0 : Math.Max(0, journal.UnfoldedBytes - plan.Bytes);
        foreach (var id in orphaned.Concat(plan.OrphanedChunks)) await chunks.DeleteAsync(_partition, id, cancellation).ConfigureAwait(false);
        return JournalCompaction.More;
    }

    /// <summary>Somebody was faster: another owner, or another journal with the same payload.</summary>
    private async Task<JournalCompaction> JudgeAsync(AzureHeader before, CancellationToken cancellation)
    {
        var entity = await table.GetAsync(_partition, AzureKeys.Header(_name), cancellation).ConfigureAwait(false);
        if (entity is null || AzureHeader.Read(entity) is var header && !header.IsOf(new JournalEpoch(before.Epoch), before.Writer)) return JournalCompaction.Fenced;
        journal.Header = header;
        return JournalCompaction.More;
    }

    private async Task ForgetOpeningsAsync(AzureHeader header, CancellationToken cancellation)
    {
        if (journal.AreOpeningsForgotten) return;
        journal.AreOpeningsForgotten = true;
        var old = await table.FirstAsync(
            _partition, AzureKeys.Row(_name, 0), AzureKeys.Row(_name, header.Folded + 1), MaxRows, cancellation, AzureRowEntity.OpenedBefore(time.GetUtcNow() - OpeningsKept)).ConfigureAwait(false);
        foreach (var row in old) await table.DeleteAsync(row, cancellation).ConfigureAwait(false);
    }
}
