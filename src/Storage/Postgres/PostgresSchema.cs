using Npgsql;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>
/// The tables: one row for each journal (who owns it, its last number, its entries in the indexes), one for each live record, one for each payload that several
/// records share, one for each writer that has a lease. Kinds and owners are in byte order whatever the database's locale; keys are bytes.
/// </summary>
internal static class PostgresSchema
{
    public const int Version = 1;

    /// <summary>Of all who create or sweep: any number that nobody else in this database uses.</summary>
    public const long AdvisoryLock = 0x0B60_4B45_5200_0001;

    private const string Create = """
        CREATE TABLE IF NOT EXISTS broker_format (
          version integer NOT NULL,
          layout text NOT NULL,
          only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one));
        CREATE SEQUENCE IF NOT EXISTS broker_epoch;
        CREATE TABLE IF NOT EXISTS broker_journal (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          kind text COLLATE "C" NOT NULL,
          key bytea NOT NULL,
          bucket integer NOT NULL,
          epoch bigint NOT NULL,
          number bigint NOT NULL,
          writer uuid NOT NULL,
          ending smallint NOT NULL,
          due bigint NOT NULL DEFAULT 0,
          owner text COLLATE "C",
          opened timestamptz NOT NULL DEFAULT now(),
          UNIQUE (kind, key)) WITH (fillfactor = 70);
        CREATE INDEX IF NOT EXISTS broker_journal_due ON broker_journal (bucket, due, kind, key) WHERE due <> 0;
        CREATE INDEX IF NOT EXISTS broker_journal_owner ON broker_journal (owner, kind, key) WHERE owner IS NOT NULL;
        CREATE TABLE IF NOT EXISTS broker_record (
          journal bigint NOT NULL,
          key bytea NOT NULL,
          number bigint NOT NULL,
          place integer NOT NULL,
          stored bytea NOT NULL,
          payload bytea,
          shared uuid,
          payload_bytes integer NOT NULL,
          PRIMARY KEY (journal, key)) WITH (fillfactor = 85);
        CREATE INDEX IF NOT EXISTS broker_record_shared ON broker_record (shared) WHERE shared IS NOT NULL;
        CREATE TABLE IF NOT EXISTS broker_payload (
          id uuid PRIMARY KEY,
          bytes bytea NOT NULL);
        CREATE TABLE IF NOT EXISTS broker_lease (
          writer uuid PRIMARY KEY,
          until timestamptz NOT NULL,
          validity interval NOT NULL) WITH (fillfactor = 25);
        """;

    /// <summary>Creates what is not there, once for all nodes that start together.</summary>
    /// <exception cref="StoreRefusedException">The tables are of a later program, or have another layout.</exception>
    public static async Task EnsureAsync(NpgsqlDataSource source, StoreLayout layout, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection, transaction) { Parameters = { new() { Value = AdvisoryLock } } })
            await take.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await using (var create = new NpgsqlCommand(Create, connection, transaction))
            await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await using (var note = new NpgsqlCommand("INSERT INTO broker_format (version, layout) VALUES ($1, $2) ON CONFLICT DO NOTHING", connection, transaction)
        {
            Parameters = { new() { Value = Version }, new() { Value = layout.Text } },
        })
            await note.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await CheckAsync(connection, transaction, layout, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task CheckAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, StoreLayout layout, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand("SELECT version, layout FROM broker_format", connection, transaction);
        await using var reader = await read.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        if (reader.GetInt32(0) is var version and > Version)
            throw new StoreRefusedException($"The tables in database '{connection.Database}' have format {version}; this program knows format {Version}. A later program wrote them: use that or a later one.");
        layout.Check($"The store in database '{connection.Database}'", reader.GetString(1));
    }
}
