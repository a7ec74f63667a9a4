using System.Text;
using Npgsql;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Postgres;

/// <summary>A page of digests by one statement.</summary>
internal sealed class PostgresDigests(NpgsqlDataSource source)
{
    private const string Headers = """
        SELECT j.key, j.owner, h.stored
        FROM (SELECT id, key, owner FROM broker_journal
          WHERE kind = $1 AND key > $2 AND key < $3 AND ending <> 2 ORDER BY key LIMIT $4) j
        LEFT JOIN broker_record h ON h.journal = j.id AND h.key = $5
        ORDER BY j.key
        """;

    // From journal to journal by the index, for it ends where so many records have been looked at. Each journal's own records are limited as well.
    private const string HeadersAndRecords = """
        WITH RECURSIVE page (id, key, owner, n, records, number, bytes) AS (
          SELECT NULL::bigint, $2::bytea, NULL::text COLLATE "C", 0, 0::bigint, 0::bigint, 0::bigint
          UNION ALL
          SELECT j.id, j.key, j.owner, page.n + 1, page.records + c.number + v.number, c.number, c.bytes
          FROM page,
            LATERAL (SELECT id, key, owner FROM broker_journal
              WHERE kind = $1 AND key > page.key AND key < $3 AND ending <> 2 ORDER BY key LIMIT 1) j,
            LATERAL (SELECT count(*) AS number, coalesce(sum(payload_bytes), 0)::bigint AS bytes FROM (
              SELECT payload_bytes FROM broker_record r WHERE r.journal = j.id AND r.key > $6 AND r.key < $7 ORDER BY r.key LIMIT $10) counted) c,
            LATERAL (SELECT count(*) AS number FROM (
              SELECT FROM broker_record r WHERE r.journal = j.id AND r.key > $8 AND r.key < $9 ORDER BY r.key LIMIT $10) read) v
          WHERE page.n < $4 AND page.records < $11)
        SELECT page.key, page.owner, h.stored, page.number, page.bytes, v.stored, page.records
        FROM page LEFT JOIN broker_record h ON h.journal = page.id AND h.key = $5,
          LATERAL (SELECT array_agg(stored ORDER BY key) AS stored FROM (
            SELECT r.stored, r.key FROM broker_record r WHERE r.journal = page.id AND r.key > $8 AND r.key < $9 ORDER BY r.key LIMIT $10) read) v
        WHERE page.n > 0 ORDER BY page.n
        """;

    public async Task<JournalDigestPage> ReadAsync(JournalDigestQuery query, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(query.LooksAtRecords ? HeadersAndRecords : Headers);
        var (after, before) = PostgresRange.Of(Encoding.UTF8.GetBytes(query.Prefix), Encoding.UTF8.GetBytes(query.After ?? string.Empty));
        command.Parameters.AddValue(query.Kind);
        command.Parameters.AddValue(after);
        command.Parameters.AddValue(before);
        command.Parameters.AddValue(query.Limit);
        command.Parameters.AddValue(query.HeaderKey.ToArray());
        if (query.LooksAtRecords) AddRecords(command, query);
        List<JournalDigest> digests = [];
        var records = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            digests.Add(Read(reader, query));
            if (query.LooksAtRecords) records = reader.GetInt64(6);
        }

        return new JournalDigestPage(digests, digests.Count < query.Limit && records < query.MaxRecords);
    }

    /// <summary>One more than the most that is wanted tells that there are more.</summary>
    private static void AddRecords(NpgsqlCommand command, JournalDigestQuery query)
    {
        AddKind(command, query.Counted);
        AddKind(command, query.Read);
        command.Parameters.AddValue((long)query.MaxRecordsOfJournal + 1);
        command.Parameters.AddValue((long)query.MaxRecords);
    }

    private static void AddKind(NpgsqlCommand command, byte? kind)
    {
        // No kind: no key is behind and before the same.
        var (after, before) = kind is { } first ? PostgresRange.Of([first], []) : ([], []);
        command.Parameters.AddValue(after);
        command.Parameters.AddValue(before);
    }

    private static JournalDigest Read(NpgsqlDataReader reader, JournalDigestQuery query)
    {
        var journal = new JournalId(query.Kind, Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(0)));
        var digest = new JournalDigest
        {
            Journal = journal,
            AttachedOwner = reader.IsDBNull(1) ? null : reader.GetString(1),
            Header = reader.IsDBNull(2) ? (ReadOnlyMemory<byte>?)null : ValueOf(journal, reader.GetFieldValue<byte[]>(2)),
        };
        if (!query.LooksAtRecords) return digest;
        var count = reader.GetInt64(3);
        byte[][] stored = reader.IsDBNull(5) ? [] : reader.GetFieldValue<byte[][]>(5);
        return digest with
        {
            Count = (int)Math.Min(count, query.MaxRecordsOfJournal),
            PayloadBytes = reader.GetInt64(4),
            Values = [.. stored.Take(query.MaxRecordsOfJournal).Select(value => (ReadOnlyMemory<byte>)ValueOf(journal, value))],
            HasMore = count > query.MaxRecordsOfJournal || stored.Length > query.MaxRecordsOfJournal,
        };
    }

    private static byte[] ValueOf(JournalId journal, byte[] stored)
    {
        var error = new RecordReader(stored).Read(out var record);
        return error == RecordError.None ? record.Value.ToArray() : throw PostgresReplay.Damaged(journal, error);
    }
}
