using System.Collections.Immutable;
using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>Hands out what a journal's records and the rows after them amount to, in the order of the last write.</summary>
internal sealed class AzureReplay(AzureTable table, AzureChunks chunks, string partition, string name, IJournalReplay replay)
{
    private readonly AzurePayloads _payloads = new(table, chunks, partition);
    private readonly Dictionary<string, AzureRecord> _live = new(StringComparer.Ordinal);
    private long _payloadBytes;

    public async Task RunAsync(AzureHeader header, IReadOnlyList<TableEntity> rows, CancellationToken cancellation)
    {
        var records = AzureKeys.Records(name, header.Generation);
        await foreach (var entity in table.RangeAsync(partition, records, records + AzureKeys.End, cancellation).ConfigureAwait(false))
            await AddRecordAsync(entity, cancellation).ConfigureAwait(false);
        await AddRowsAsync(header, rows, cancellation).ConfigureAwait(false);
        foreach (var record in _live.Values.OrderBy(static record => record.Number).ThenBy(static record => record.Place))
            await HandOutAsync(record, cancellation).ConfigureAwait(false);
    }

    /// <summary>Those of the keys that there are, in the order of the keys.</summary>
    public async Task RunAsync(AzureHeader header, IReadOnlyList<TableEntity> rows, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellation)
    {
        string[] names = [.. keys.Select(key => AzureKeys.Record(name, header.Generation, key.Span))];
        await foreach (var entity in new AzureRecordNames(table, partition, columns: null).FindAsync(names, cancellation).ConfigureAwait(false))
            await AddRecordAsync(entity, cancellation).ConfigureAwait(false);

        await AddRowsAsync(header, rows, cancellation).ConfigureAwait(false);
        foreach (var key in keys)
        {
            if (_live.TryGetValue(AzureRecord.KeyOf(key.Span), out var record)) await HandOutAsync(record, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A part, by the keys.</summary>
    public async Task RunAsync(AzureHeader header, IReadOnlyList<TableEntity> rows, JournalScan scan, CancellationToken cancellation)
    {
        foreach (var record in await new AzureRecords(table, chunks, partition, name, header, rows).FindAsync(scan, cancellation).ConfigureAwait(false))
            await HandOutAsync(record, cancellation).ConfigureAwait(false);
    }

    private async Task AddRecordAsync(TableEntity entity, CancellationToken cancellation)
    {
        var record = await AzureRecordEntity.ReadAsync(entity, chunks, cancellation).ConfigureAwait(false);
        _live[record.Key] = record;
    }

    private async Task AddRowsAsync(AzureHeader header, IReadOnlyList<TableEntity> rows, CancellationToken cancellation)
    {
        foreach (var row in rows)
        {
            var number = AzureRowEntity.NumberOf(row);
            var body = await chunks.ReadBodyAsync(row, cancellation).ConfigureAwait(false);
            var folded = number == header.Folded + 1 ? header.FoldedRecords : 0;
            foreach (var record in AzureRow.Read(body, row, number, 0).Skip(folded))
            {
                if (record.IsRemoval) _live.Remove(record.Key);
                else _live[record.Key] = record;
            }
        }
    }

    private async Task HandOutAsync(AzureRecord record, CancellationToken cancellation)
    {
        var payload = record.HasPayload ? await PayloadAsync(record, cancellation).ConfigureAwait(false) : default;
        HandOut(record, payload);
    }

    private async Task<ImmutableArray<byte>> PayloadAsync(AzureRecord record, CancellationToken cancellation)
    {
        if (_payloadBytes > replay.MaxPayloadBytes) return default;
        var payload = record.Shared is { } id ? await _payloads.ReadAsync(id, cancellation).ConfigureAwait(false) : record.CopyOwn();
        _payloadBytes += payload.Length;
        return _payloadBytes > replay.MaxPayloadBytes ? default : payload;
    }

    private void HandOut(AzureRecord record, ImmutableArray<byte> payload)
    {
        _ = new RecordReader(record.Stored.Span).Read(out var read); // its checksum was looked at when the row was read
        replay.Replay(record.HasPayload
            ? new JournalRecord { Key = read.Key, Value = read.Value, Stored = read.Stored, HasPayload = true, Payload = payload }
            : read);
    }
}
