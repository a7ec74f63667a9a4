using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Takes away, transaction by transaction, what deletions and crashes leave in a partition. Any node may do it: whoever comes second finds it done and is refused.
/// </summary>
internal sealed class AzureSweep(AzureTable table, AzureChunks chunks, string partition, TimeProvider time)
{
    /// <summary>Records or rows of one transaction: each may change a payload, too, and the garbage's own entity may go.</summary>
    private const int Step = 45;

    /// <summary>Deletions that a round looks at.</summary>
    private const int MaxGarbage = 1000;

    /// <summary>A commit writes what names its chunks within seconds; this is long enough for a machine that slept.</summary>
    private static readonly TimeSpan ChunksKept = TimeSpan.FromDays(1);

    private static readonly string[] RecordColumns = ["PartitionKey", "RowKey", AzureRecordEntity.Shared, AzureBody.Blob];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var found = await table.FirstAsync(partition, AzureKeys.Garbage, AzureKeys.Garbage + AzureKeys.End, MaxGarbage, cancellation).ConfigureAwait(false);
        foreach (var entity in found) await SweepAsync(AzureGarbage.Read(entity), cancellation).ConfigureAwait(false);
    }

    /// <summary>Chunks whose entity was never written, or is gone.</summary>
    public async Task SweepChunksAsync(CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - ChunksKept;
        var old = table.RangeAsync(
            partition, AzureKeys.Chunks, AzureKeys.Chunks + AzureKeys.End, cancellation, filter: TableClient.CreateQueryFilter($"Timestamp lt {before}"), select: ["PartitionKey", "RowKey", AzureChunks.Of]);
        await foreach (var chunk in old.ConfigureAwait(false))
        {
            var named = await table.GetAsync(partition, chunk.GetString(AzureChunks.Of), cancellation, [AzureBody.Blob]).ConfigureAwait(false);
            if (named is null || AzureBody.ChunksOf(named) is not { } id || !chunk.RowKey.StartsWith(AzureKeys.ChunksOf(id), StringComparison.Ordinal))
                await table.DeleteAsync(chunk, cancellation).ConfigureAwait(false);
        }
    }

    private async Task SweepAsync(AzureGarbage garbage, CancellationToken cancellation)
    {
        while (await SweepRecordsAsync(garbage, cancellation).ConfigureAwait(false)) cancellation.ThrowIfCancellationRequested();
        while (await SweepRowsAsync(garbage, cancellation).ConfigureAwait(false)) cancellation.ThrowIfCancellationRequested();
        // Openings are left for a day; then the journal itself can go, unless it was opened again.
        if (garbage.DeletedUtc + AzureFold.OpeningsKept > time.GetUtcNow()) return;
        var openings = await table.FirstAsync(
            partition, AzureKeys.Row(garbage.Journal, 0), AzureKeys.Row(garbage.Journal, garbage.Last + 1), AzureTransaction.MaxActions, cancellation).ConfigureAwait(false);
        foreach (var row in openings) await table.DeleteAsync(row, cancellation).ConfigureAwait(false);
        if (openings.Count < AzureTransaction.MaxActions) await ForgetAsync(garbage, cancellation).ConfigureAwait(false);
    }

    private async Task ForgetAsync(AzureGarbage garbage, CancellationToken cancellation)
    {
        var transaction = new AzureTransaction(table);
        transaction.Delete(partition, garbage.Entity.RowKey, garbage.Entity.ETag);
        var header = await table.GetAsync(partition, AzureKeys.Header(garbage.Journal), cancellation).ConfigureAwait(false);
        if (header is not null && AzureHeader.Read(header) is { Ending: JournalEnding.Delete } deleted && deleted.Folded == garbage.Last)
            transaction.Delete(partition, header.RowKey, header.ETag);
        await transaction.TrySubmitAsync(cancellation).ConfigureAwait(false);
    }

    /// <returns>True when there may be more.</returns>
    private async Task<bool> SweepRecordsAsync(AzureGarbage garbage, CancellationToken cancellation)
    {
        var prefix = AzureKeys.Records(garbage.Journal, garbage.Generation);
        List<TableEntity> found = [];
        await foreach (var entity in table.RangeAsync(partition, prefix, prefix + AzureKeys.End, cancellation, Step, select: RecordColumns).ConfigureAwait(false))
        {
            found.Add(entity);
            if (found.Count == Step) break;
        }

        var shared = found.Select(static entity => entity.GetGuid(AzureRecordEntity.Shared)).OfType<Guid>();
        return await DeleteAsync(found, shared, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> SweepRowsAsync(AzureGarbage garbage, CancellationToken cancellation)
    {
        var rows = await table.FirstAsync(
            partition,
            AzureKeys.Row(garbage.Journal, garbage.Folded + 1),
            AzureKeys.Row(garbage.Journal, garbage.Last + 1),
            Step,
            cancellation,
            AzureRowEntity.IsNoOpening).ConfigureAwait(false);
        List<TableEntity> taken = [];
        List<Guid> shared = [];
        foreach (var row in rows)
        {
            var number = AzureRowEntity.NumberOf(row);
            var records = AzureRow.Read(await chunks.ReadBodyAsync(row, cancellation).ConfigureAwait(false), row, number, 0);
            var named = records.Skip(number == garbage.Folded + 1 ? garbage.FoldedRecords : 0).Select(static record => record.Shared).OfType<Guid>().ToList();
            if (taken.Count > 0 && taken.Count + shared.Concat(named).Distinct().Count() >= AzureTransaction.MaxActions) break;
            taken.Add(row);
            shared.AddRange(named);
        }

        return await DeleteAsync(taken, shared, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> DeleteAsync(List<TableEntity> entities, IEnumerable<Guid> shared, CancellationToken cancellation)
    {
        if (entities.Count == 0) return false;
        var transaction = new AzureTransaction(table);
        foreach (var entity in entities) transaction.Delete(partition, entity.RowKey, entity.ETag);
        var changes = shared.CountBy(static id => id).Select(static entry => KeyValuePair.Create(entry.Key, -entry.Value));
        var orphaned = await new AzurePayloads(table, chunks, partition).ChangeAsync(transaction, changes, cancellation).ConfigureAwait(false);
        if (await transaction.TrySubmitAsync(cancellation).ConfigureAwait(false) is null) return false; // another node does it, or the next round
        orphaned.AddRange(entities.Select(AzureBody.ChunksOf).OfType<Guid>());
        foreach (var id in orphaned) await chunks.DeleteAsync(partition, id, cancellation).ConfigureAwait(false);
        return true;
    }
}
