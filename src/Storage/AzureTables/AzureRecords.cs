using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>A part of a journal's live records by their keys: those that are folded, and what the rows after them say.</summary>
internal sealed class AzureRecords(AzureTable table, AzureChunks chunks, string partition, string name, AzureHeader header, IReadOnlyList<TableEntity> rows)
{
    private List<AzureRecord>? _unfolded;

    /// <summary>In the order of their keys.</summary>
    public async Task<List<AzureRecord>> FindAsync(JournalScan scan, CancellationToken cancellation)
    {
        Dictionary<string, AzureRecord> later = new(StringComparer.Ordinal);
        foreach (var record in await UnfoldedAsync(cancellation).ConfigureAwait(false))
        {
            if (scan.Includes(record.KeyBytes)) later[record.Key] = record;
        }

        var found = await FoldedAsync(scan, later, cancellation).ConfigureAwait(false);
        found.AddRange(later.Values.Where(static record => !record.IsRemoval));
        found.Sort(static (left, right) => left.KeyBytes.SequenceCompareTo(right.KeyBytes));
        if (found.Count > scan.Limit) found.RemoveRange(scan.Limit, found.Count - scan.Limit);
        return found;
    }

    /// <summary>Null when the key holds nothing.</summary>
    public async Task<AzureRecord?> FindAsync(ReadOnlyMemory<byte> key, CancellationToken cancellation)
    {
        var unfolded = await UnfoldedAsync(cancellation).ConfigureAwait(false);
        if (unfolded.FindLast(record => record.KeyBytes.SequenceEqual(key.Span)) is { } last) return last.IsRemoval ? null : last;
        var entity = await table.GetAsync(partition, AzureKeys.Record(name, header.Generation, key.Span), cancellation).ConfigureAwait(false);
        return entity is null ? null : await AzureRecordEntity.ReadAsync(entity, chunks, cancellation).ConfigureAwait(false);
    }

    private async Task<List<AzureRecord>> FoldedAsync(JournalScan scan, Dictionary<string, AzureRecord> later, CancellationToken cancellation)
    {
        List<AzureRecord> found = [];
        var from = AzureKeys.Record(name, header.Generation, scan.After.IsEmpty ? scan.Prefix.Span : scan.After.Span);
        var before = AzureKeys.Record(name, header.Generation, scan.Prefix.Span) + AzureKeys.End;
        await foreach (var entity in table.RangeAsync(partition, from, before, cancellation, (int)Math.Min(int.MaxValue, (long)scan.Limit + later.Count)).ConfigureAwait(false))
        {
            var record = await AzureRecordEntity.ReadAsync(entity, chunks, cancellation).ConfigureAwait(false);
            if (!scan.Includes(record.KeyBytes) || later.ContainsKey(record.Key)) continue;
            found.Add(record);
            if (found.Count == scan.Limit) break;
        }

        return found;
    }

    private async Task<List<AzureRecord>> UnfoldedAsync(CancellationToken cancellation)
    {
        if (_unfolded is not null) return _unfolded;
        List<AzureRecord> unfolded = [];
        foreach (var row in rows)
        {
            var number = AzureRowEntity.NumberOf(row);
            var body = await chunks.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
            unfolded.AddRange(AzureRow.Read(body, row, number, 0).Skip(number == header.Folded + 1 ? header.FoldedRecords : 0));
        }

        return _unfolded = unfolded;
    }
}
