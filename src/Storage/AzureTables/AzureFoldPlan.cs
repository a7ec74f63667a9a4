using System.Runtime.InteropServices;
using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>How much of the oldest rows goes into one transaction, and what it says.</summary>
internal sealed class AzureFoldPlan(AzureHeader header, List<AzureFoldRow> rows, int maxRecords)
{
    private readonly Dictionary<string, TableEntity> _existing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AzureRecord> _last = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _references = [];
    private int _keyActions;
    private long _putBytes;

    public ulong Folded { get; private set; } = header.Folded;

    public int FoldedRecords { get; private set; } = header.FoldedRecords;

    /// <summary>Rows that are folded as a whole.</summary>
    public List<TableEntity> FoldedRows { get; } = [];

    public IEnumerable<AzureRecord> Puts => _last.Values.Where(static record => !record.IsRemoval);

    /// <summary>Names of records that are there and go.</summary>
    public IEnumerable<string> Removals => _last.Where(last => last.Value.IsRemoval && _existing.ContainsKey(last.Key)).Select(last => _names[last.Key]);

    public IEnumerable<KeyValuePair<Guid, int>> References => _references;

    /// <summary>Of chunks that nothing names afterwards.</summary>
    public List<Guid> OrphanedChunks { get; } = [];

    /// <summary>Of the rows that are folded.</summary>
    public long Bytes { get; private set; }

    /// <summary>Asks which of the keys have a record already.</summary>
    public async Task FindExistingAsync(AzureTable table, string partition, string journal, CancellationToken cancellation)
    {
        foreach (var record in rows.SelectMany(static row => row.Records))
        {
            ref var name = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, record.Key, out _);
            name ??= AzureKeys.Record(journal, header.Generation, record.KeyBytes);
        }

        var keys = _names.ToDictionary(static entry => entry.Value, static entry => entry.Key, StringComparer.Ordinal);
        await foreach (var entity in new AzureRecordNames(table, partition, AzureRecordNames.WithoutBodies).FindAsync([.. keys.Keys], cancellation).ConfigureAwait(false))
            _existing[keys[entity.RowKey]] = entity;
    }

    /// <summary>Takes records as far as the transaction has room for what they amount to.</summary>
    public void Take()
    {
        var records = FurthestFit();
        Reset();
        for (var i = 0; i < rows.Count && (records > 0 || RecordsLeft(rows[i]) == 0); i++)
        {
            var row = rows[i];
            var taken = Math.Min(records, RecordsLeft(row));
            foreach (var record in row.Records.Skip(FoldedRecords).Take(taken)) Apply(record);
            records -= taken;
            FoldedRecords += taken;
            if (FoldedRecords < row.Records.Count) break;
            EndRow(row);
        }

        CountLive();
    }

    /// <summary>How many records can be taken: what comes later may take back what came before, so all are tried.</summary>
    private int FurthestFit()
    {
        int count = 0, best = 0;
        HashSet<Guid> payloads = [];
        for (var i = 0; i < rows.Count; i++)
        {
            foreach (var record in rows[i].Records.Skip(i == 0 ? FoldedRecords : 0))
            {
                if (count == maxRecords) return Math.Max(1, best);
                Apply(record);
                if (record.Shared is { } shared) payloads.Add(shared);
                if (_existing.GetValueOrDefault(record.Key)?.GetGuid(AzureRecordEntity.Shared) is { } replaced) payloads.Add(replaced);
                count++;
                if (1 + rows.Count + _keyActions + payloads.Count <= AzureTransaction.MaxActions && _putBytes <= AzureTransaction.MaxBytes / 2) best = count;
            }
        }

        return count == 0 ? 0 : Math.Max(1, best);
    }

    private void Reset()
    {
        _last.Clear();
        _references.Clear();
        _keyActions = 0;
        _putBytes = 0;
    }

    /// <summary>The record takes the place of what the plan held for its key.</summary>
    private void Apply(AzureRecord record)
    {
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, record.Key, out _);
        Weigh(last, -1);
        last = record;
        Weigh(last, 1);
        if (record.Shared is { } shared) Refer(shared, -1);
    }

    private void Weigh(AzureRecord? record, int sign)
    {
        if (record is null || (record.IsRemoval && !_existing.ContainsKey(record.Key))) return;
        _keyActions += sign;
        if (!record.IsRemoval && AzureBody.Fits(record.Bytes)) _putBytes += sign * (long)record.Bytes;
    }

    private int RecordsLeft(AzureFoldRow row) => row.Records.Count - FoldedRecords;

    private void EndRow(AzureFoldRow row)
    {
        Folded = row.Number;
        FoldedRecords = 0;
        FoldedRows.Add(row.Entity);
        Bytes += AzureBody.LengthOf(row.Entity);
        if (AzureBody.ChunksOf(row.Entity) is { } chunks) OrphanedChunks.Add(chunks);
    }

    /// <summary>What becomes a record names its payload again; what was there before does not any more.</summary>
    private void CountLive()
    {
        foreach (var (key, record) in _last)
        {
            if (record.Shared is { } shared) Refer(shared, 1);
            if (!_existing.TryGetValue(key, out var replaced)) continue;
            if (replaced.GetGuid(AzureRecordEntity.Shared) is { } itsPayload) Refer(itsPayload, -1);
            if (AzureBody.ChunksOf(replaced) is { } chunks) OrphanedChunks.Add(chunks);
        }
    }

    private void Refer(Guid payload, int change) => CollectionsMarshal.GetValueRefOrAddDefault(_references, payload, out _) += change;
}
