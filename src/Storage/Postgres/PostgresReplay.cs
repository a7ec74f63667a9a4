using System.Data;
using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Postgres;

/// <summary>Hands a journal's records out while they come from the server, in the order asked for.</summary>
internal sealed class PostgresReplay(JournalId journal, IJournalReplay replay)
{
    // A payload that is over the budget is not read from its place, let alone sent.
    private const string AllRecords = """
        SELECT r.stored, CASE WHEN sum(r.payload_bytes) OVER (ORDER BY r.number, r.place) <= $2 THEN coalesce(r.payload, p.bytes) END
        FROM broker_record r LEFT JOIN broker_payload p ON p.id = r.shared
        WHERE r.journal = $1 ORDER BY r.number, r.place
        """;

    private const string ByKeys = """
        SELECT r.stored, CASE WHEN sum(r.payload_bytes) OVER (ORDER BY k.i) <= $2 THEN coalesce(r.payload, p.bytes) END
        FROM unnest($3::bytea[]) WITH ORDINALITY AS k (key, i)
        JOIN broker_record r ON r.journal = $1 AND r.key = k.key LEFT JOIN broker_payload p ON p.id = r.shared
        ORDER BY k.i
        """;

    private const string ByRange = """
        SELECT r.stored, CASE WHEN sum(r.payload_bytes) OVER (ORDER BY r.key) <= $2 THEN coalesce(r.payload, p.bytes) END
        FROM (SELECT * FROM broker_record WHERE journal = $1 AND key > $3 AND key < $4 ORDER BY key LIMIT $5) r
        LEFT JOIN broker_payload p ON p.id = r.shared ORDER BY r.key
        """;

    public static InvalidDataException Damaged(JournalId journal, RecordError error) => new($"A record of journal {journal} is damaged: {error}.");

    /// <summary>All, in the order of their last write.</summary>
    public async Task RunAsync(NpgsqlConnection connection, long id, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(AllRecords, connection);
        command.Parameters.AddValue(id);
        command.Parameters.AddValue(replay.MaxPayloadBytes);
        await HandOutAsync(command, cancellation).ConfigureAwait(false);
    }

    public async Task RunAsync(NpgsqlConnection connection, long id, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ByKeys, connection);
        command.Parameters.AddValue(id);
        command.Parameters.AddValue(replay.MaxPayloadBytes);
        command.Parameters.AddArray(NpgsqlDbType.Bytea, keys.Select(key => key.ToArray()).ToArray());
        await HandOutAsync(command, cancellation).ConfigureAwait(false);
    }

    /// <summary>A part, by the keys.</summary>
    public async Task RunAsync(NpgsqlConnection connection, long id, JournalScan scan, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ByRange, connection);
        command.Parameters.AddValue(id);
        command.Parameters.AddValue(replay.MaxPayloadBytes);
        var (after, before) = PostgresRange.Of(scan.Prefix.Span, scan.After.Span);
        command.Parameters.AddValue(after);
        command.Parameters.AddValue(before);
        command.Parameters.AddValue(scan.Limit);
        await HandOutAsync(command, cancellation).ConfigureAwait(false);
    }

    private async Task HandOutAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var stored = await reader.GetFieldValueAsync<byte[]>(0, cancellation).ConfigureAwait(false);
            var payload = await reader.IsDBNullAsync(1, cancellation).ConfigureAwait(false) ? null : await reader.GetFieldValueAsync<byte[]>(1, cancellation).ConfigureAwait(false);
            HandOut(stored, payload);
        }
    }

    private void HandOut(byte[] stored, byte[]? payload)
    {
        var error = new RecordReader(stored).Read(out var record);
        if (error != RecordError.None) throw Damaged(journal, error);
        replay.Replay(record.HasPayload && payload is not null
            ? new JournalRecord
            {
                Key = record.Key,
                Value = record.Value,
                Stored = record.Stored,
                HasPayload = true,
                Payload = ImmutableCollectionsMarshal.AsImmutableArray(payload),
            }
            : record);
    }
}
