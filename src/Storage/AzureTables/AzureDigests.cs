using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>Pages of digests: each journal is some requests, of which so many are under way at once.</summary>
internal sealed class AzureDigests(AzureTable table, AzureChunks chunks, AzureIndexes indexes, TimeProvider time, int buckets)
{
    private const int MaxAtOnce = 16;

    public async Task<JournalDigestPage> ReadAsync(JournalDigestQuery query, CancellationToken cancellation)
    {
        var headers = await indexes.HeadersAsync(query, cancellation).ConfigureAwait(false);
        List<JournalDigest> digests = [];
        var records = 0L;
        foreach (var some in headers.Chunk(MaxAtOnce))
        {
            foreach (var digest in await Task.WhenAll(some.Select(header => ReadAsync(header, query, cancellation))).ConfigureAwait(false))
            {
                digests.Add(digest);
                records += digest.Count + digest.Values.Count;
                if (records >= query.MaxRecords) return new JournalDigestPage(digests, IsEnd: false);
            }
        }

        return new JournalDigestPage(digests, headers.Count < query.Limit);
    }

    private async Task<JournalDigest> ReadAsync(AzureHeader header, JournalDigestQuery query, CancellationToken cancellation)
    {
        var (partition, name) = (AzureKeys.Partition(header.Journal.BucketOf(buckets)), AzureKeys.Journal(header.Journal));
        var rows = await new AzureOpening(table, chunks, partition, time).ReadRowsAsync(name, header.Folded, cancellation).ConfigureAwait(false);
        var records = new AzureRecords(table, chunks, partition, name, header, rows);
        var found = await records.FindAsync(query.HeaderKey, cancellation).ConfigureAwait(false);
        var digest = new JournalDigest { Journal = header.Journal, AttachedOwner = header.AttachedOwner, Header = found is null ? (ReadOnlyMemory<byte>?)null : ValueOf(found) };
        var limit = query.MaxRecordsOfJournal;
        if (query.Counted is { } counted)
        {
            var some = await records.FindAsync(ScanOf(counted, limit), cancellation).ConfigureAwait(false);
            var bytes = await PayloadBytesAsync(some.Take(limit), partition, cancellation).ConfigureAwait(false);
            digest = digest with { Count = Math.Min(some.Count, limit), PayloadBytes = bytes, HasMore = some.Count > limit };
        }

        if (query.Read is not { } read) return digest;
        var values = await records.FindAsync(ScanOf(read, limit), cancellation).ConfigureAwait(false);
        return digest with { Values = [.. values.Take(limit).Select(ValueOf)], HasMore = digest.HasMore || values.Count > limit };
    }

    /// <summary>One more than is wanted tells that there are more.</summary>
    private static JournalScan ScanOf(byte kind, int limit) => new() { Prefix = new[] { kind }, Limit = limit == int.MaxValue ? limit : limit + 1 };

    private async Task<long> PayloadBytesAsync(IEnumerable<AzureRecord> records, string partition, CancellationToken cancellation)
    {
        var payloads = new AzurePayloads(table, chunks, partition);
        var bytes = 0L;
        foreach (var record in records)
        {
            bytes += record.Shared is { } shared ? (await payloads.ReadAsync(shared, cancellation).ConfigureAwait(false)).Length : record.Own.Length;
        }

        return bytes;
    }

    private static ReadOnlyMemory<byte> ValueOf(AzureRecord record)
    {
        _ = new RecordReader(record.Stored.Span).Read(out var read); // its checksum was looked at when the row was read
        return read.Value.ToArray();
    }
}
