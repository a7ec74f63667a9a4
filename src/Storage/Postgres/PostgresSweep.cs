using Npgsql;

namespace OrleansBroker.Storage.Postgres;

/// <summary>
/// Forgets, in bounded steps, shared payloads that no record names any more, deleted journals of yesterday, and leases that ended then. A payload and all records that name it come in one
/// statement and none later, so whoever sees it and no record that names it may delete it. One node at a time.
/// </summary>
internal sealed class PostgresSweep(NpgsqlDataSource source)
{
    private const int Step = 1_000;

    private const string Payloads = """
        WITH seen AS (SELECT id FROM broker_payload WHERE id > $1 ORDER BY id LIMIT $2)
        , gone AS (DELETE FROM broker_payload p USING seen s WHERE p.id = s.id AND NOT EXISTS (SELECT FROM broker_record r WHERE r.shared = s.id))
        SELECT count(*), max(id::text) FROM seen
        """;

    // A stale writer of a deleted journal is fenced by its row for a day; after that no lease of it can be alive.
    private const string Journals = "DELETE FROM broker_journal WHERE id IN (SELECT id FROM broker_journal WHERE ending = 2 AND opened < now() - interval '1 day' LIMIT $1)";

    // Of writers that are gone.
    private const string Leases = "DELETE FROM broker_lease WHERE until < clock_timestamp() - interval '1 day'";

    /// <summary>A round through all payloads.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection);
        command.Parameters.AddValue(PostgresSchema.AdvisoryLock + 1);
        if (await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not true) return;
        try
        {
            for (Guid? after = Guid.Empty; after is not null;) after = await SweepAsync(connection, after.Value, cancellation).ConfigureAwait(false);
            await using var journals = new NpgsqlCommand(Journals, connection);
            journals.Parameters.AddValue(Step);
            await journals.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            await using var leases = new NpgsqlCommand(Leases, connection);
            await leases.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection);
            release.Parameters.AddValue(PostgresSchema.AdvisoryLock + 1);
            await release.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<Guid?> SweepAsync(NpgsqlConnection connection, Guid after, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Payloads, connection);
        command.Parameters.AddValue(after);
        command.Parameters.AddValue(Step);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        return reader.GetInt64(0) == Step ? Guid.Parse(reader.GetString(1)) : null;
    }
}
