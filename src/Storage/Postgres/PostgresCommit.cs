using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>
/// One commit as one statement: the journals' rows are updated where epoch, writer and number are as the owner left them, and records are written for those alone. An
/// opening in between holds the journal's row, and this statement looks again when it has it: nothing of a stale owner is written after the new one has read (invariant B10).
/// </summary>
internal sealed class PostgresCommit
{
    private const string Rows = """
        unnest($1::text[], $2::bytea[], $3::bigint[], $4::uuid[], $5::bigint[], $6::smallint[], $7::boolean[], $8::bigint[], $9::boolean[], $10::text[])
          WITH ORDINALITY AS r (kind, key, epoch, writer, number, ending, changes_due, due, changes_owner, owner, i)
        """;

    private const string Write = $"""
        WITH head AS (
          UPDATE broker_journal j
          SET number = r.number, ending = r.ending,
            due = CASE WHEN r.ending = 2 THEN 0 WHEN r.changes_due THEN r.due ELSE j.due END,
            owner = CASE WHEN r.ending = 2 THEN NULL WHEN r.changes_owner THEN r.owner ELSE j.owner END
          FROM {Rows}
          WHERE j.kind = r.kind AND j.key = r.key AND j.epoch = r.epoch AND j.writer = r.writer AND j.number = r.number - 1
          RETURNING r.i, j.id, r.number, r.ending
        ), shared AS (
          INSERT INTO broker_payload (id, bytes) SELECT * FROM unnest($11::uuid[], $12::bytea[])
        ), emptied AS (
          DELETE FROM broker_record d USING head h WHERE h.ending = 2 AND d.journal = h.id
        ), removed AS (
          DELETE FROM broker_record d USING head h, unnest($13::bigint[], $14::bytea[]) AS k (i, key)
          WHERE k.i = h.i AND d.journal = h.id AND d.key = k.key
        ), put AS (
          INSERT INTO broker_record (journal, key, number, place, stored, payload, shared, payload_bytes)
          SELECT h.id, p.key, h.number, p.place, p.stored, p.payload, p.shared, p.payload_bytes
          FROM unnest($15::bigint[], $16::bytea[], $17::integer[], $18::bytea[], $19::bytea[], $20::uuid[], $21::integer[])
            AS p (i, key, place, stored, payload, shared, payload_bytes)
          JOIN head h ON h.i = p.i
          ON CONFLICT (journal, key) DO UPDATE SET number = EXCLUDED.number, place = EXCLUDED.place, stored = EXCLUDED.stored,
            payload = EXCLUDED.payload, shared = EXCLUDED.shared, payload_bytes = EXCLUDED.payload_bytes
        )
        SELECT i FROM head
        """;

    // Whoever was not written: was it written before, or has somebody else the journal?
    private const string Judge = $"""
        SELECT r.i, coalesce(j.epoch = r.epoch AND j.writer = r.writer AND j.number >= r.number, false)
        FROM {Rows} LEFT JOIN broker_journal j ON j.kind = r.kind AND j.key = r.key
        """;

    private readonly IReadOnlyList<JournalAppend> _appends;
    private readonly Dictionary<byte[], Guid?> _payloads = new(ReferenceEqualityComparer.Instance);
    private readonly List<Guid> _sharedIds = [];
    private readonly List<byte[]> _sharedBytes = [];
    private readonly PostgresRemovals _removals = new();
    private readonly PostgresPuts _puts = new();

    public PostgresCommit(IReadOnlyList<JournalAppend> appends)
    {
        _appends = appends;
        foreach (var append in appends) CountPayloads(append);
        for (var i = 0; i < appends.Count; i++)
        {
            if (appends[i].Ending != JournalEnding.Delete) AddRecords(appends[i], i + 1);
        }
    }

    public async Task RunAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var written = await WriteAsync(connection, cancellation).ConfigureAwait(false);
        var judged = written.Count == _appends.Count ? null : await JudgeAsync(connection, cancellation).ConfigureAwait(false);
        for (var i = 0; i < _appends.Count; i++)
        {
            var isCommitted = written.Contains(i + 1) || judged![i + 1];
            _appends[i].Outcome = isCommitted ? JournalOutcome.Committed : JournalOutcome.Fenced;
        }
    }

    private async Task<HashSet<long>> WriteAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Write, connection);
        AddRows(command.Parameters);
        command.Parameters.AddArray(NpgsqlDbType.Uuid, _sharedIds);
        command.Parameters.AddArray(NpgsqlDbType.Bytea, _sharedBytes);
        _removals.AddTo(command.Parameters);
        _puts.AddTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        HashSet<long> written = [];
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) written.Add(reader.GetInt64(0));
        return written;
    }

    private async Task<Dictionary<long, bool>> JudgeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Judge, connection);
        AddRows(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        Dictionary<long, bool> judged = [];
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) judged.Add(reader.GetInt64(0), reader.GetBoolean(1));
        return judged;
    }

    private void AddRows(NpgsqlParameterCollection parameters)
    {
        parameters.AddArray(NpgsqlDbType.Text, Of(static append => append.Journal.Kind));
        parameters.AddArray(NpgsqlDbType.Bytea, Of(static append => Encoding.UTF8.GetBytes(append.Journal.Key)));
        parameters.AddArray(NpgsqlDbType.Bigint, Of(static append => (long)append.Epoch.Value));
        parameters.AddArray(NpgsqlDbType.Uuid, Of(static append => append.Writer.Value));
        parameters.AddArray(NpgsqlDbType.Bigint, Of(static append => (long)append.Number));
        parameters.AddArray(NpgsqlDbType.Smallint, Of(static append => (short)append.Ending));
        parameters.AddArray(NpgsqlDbType.Boolean, Of(static append => append.ChangesDue));
        parameters.AddArray(NpgsqlDbType.Bigint, Of(static append => append.DueUtcSecond));
        parameters.AddArray(NpgsqlDbType.Boolean, Of(static append => append.ChangesAttached));
        parameters.AddArray(NpgsqlDbType.Text, Of(static append => append.AttachedOwner));
    }

    private T[] Of<T>(Func<JournalAppend, T> column) => [.. _appends.Select(column)];

    /// <summary>A payload of several records has a row of its own, which all of them name (invariant H3).</summary>
    private void CountPayloads(JournalAppend append)
    {
        if (append.Ending == JournalEnding.Delete) return;
        foreach (var payload in append.Payloads.Span)
        {
            var bytes = ImmutableCollectionsMarshal.AsArray(payload)!;
            if (!_payloads.TryGetValue(bytes, out var shared))
            {
                _payloads.Add(bytes, null);
            }
            else if (shared is null)
            {
                var id = Guid.CreateVersion7();
                _payloads[bytes] = id;
                _sharedIds.Add(id);
                _sharedBytes.Add(bytes);
            }
        }
    }

    private void AddRecords(JournalAppend append, long row)
    {
        var place = 0;
        var last = LastOfEachKey(append);
        foreach (var record in append)
        {
            if (last[Convert.ToHexString(record.Key)] != place++) continue; // an INSERT may not meet a row twice
            if (record.IsRemoval) _removals.Add(row, record);
            else _puts.Add(row, place, record, SharedOf(record.Payload));
        }
    }

    private static Dictionary<string, int> LastOfEachKey(JournalAppend append)
    {
        Dictionary<string, int> last = [];
        var place = 0;
        foreach (var record in append) last[Convert.ToHexString(record.Key)] = place++;
        return last;
    }

    private Guid? SharedOf(ImmutableArray<byte> payload) => payload.IsDefault ? null : _payloads[ImmutableCollectionsMarshal.AsArray(payload)!];
}
