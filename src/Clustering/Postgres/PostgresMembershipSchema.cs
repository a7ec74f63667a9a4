using Npgsql;

namespace OrleansBroker.Clustering.Postgres;

/// <summary>One row for each cluster, with the version of its table, and one for each silo. They may stand beside the journals' tables, or in a database of their own.</summary>
internal static class PostgresMembershipSchema
{
    /// <summary>Raised when an earlier program could not use what this one writes.</summary>
    public const int Version = 1;

    /// <summary>Of all who create: any number that nobody else in this database uses.</summary>
    private const long AdvisoryLock = 0x0B60_4B45_5200_0002;

    private const string Create = """
        CREATE TABLE IF NOT EXISTS broker_membership_format (
          version integer NOT NULL,
          only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one));
        CREATE SEQUENCE IF NOT EXISTS broker_membership_etag;
        CREATE TABLE IF NOT EXISTS broker_cluster (
          cluster text COLLATE "C" PRIMARY KEY,
          version integer NOT NULL,
          etag bigint NOT NULL DEFAULT nextval('broker_membership_etag'));
        CREATE TABLE IF NOT EXISTS broker_silo (
          cluster text COLLATE "C" NOT NULL REFERENCES broker_cluster ON DELETE CASCADE,
          address text COLLATE "C" NOT NULL,
          port integer NOT NULL,
          generation integer NOT NULL,
          etag bigint NOT NULL DEFAULT nextval('broker_membership_etag'),
          status text NOT NULL,
          proxy_port integer NOT NULL,
          host_name text,
          silo_name text,
          role_name text,
          update_zone integer NOT NULL,
          fault_zone integer NOT NULL,
          suspectors text[] NOT NULL,
          suspect_times timestamptz[] NOT NULL,
          started timestamptz NOT NULL,
          alive timestamptz NOT NULL,
          PRIMARY KEY (cluster, address, port, generation)) WITH (fillfactor = 70);
        INSERT INTO broker_membership_format (version) VALUES (1) ON CONFLICT DO NOTHING;
        """;

    /// <exception cref="MembershipRefusedException">The tables are of a later program.</exception>
    public static async Task EnsureAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection, transaction) { Parameters = { new() { Value = AdvisoryLock } } })
            await take.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await using (var create = new NpgsqlCommand(Create, connection, transaction))
            await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await using (var read = new NpgsqlCommand("SELECT version FROM broker_membership_format", connection, transaction))
        {
            if (await read.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is int version and > Version)
                throw new MembershipRefusedException(
                    $"The membership tables in database '{connection.Database}' have format {version}; this program knows format {Version}. A later program wrote them: use that or a later one.");
        }

        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }
}
