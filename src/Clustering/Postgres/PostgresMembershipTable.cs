using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrleansBroker.Clustering.Postgres;

/// <summary>Membership in PostgreSQL. A change is one transaction that begins at the cluster's row: whoever comes second waits there, and finds another tag.</summary>
public sealed class PostgresMembershipTable : MembershipTable
{
    private const string RaiseVersion = "UPDATE broker_cluster SET version = $2, etag = nextval('broker_membership_etag') WHERE cluster = $1 AND etag = $3";

    private const string Insert = """
        INSERT INTO broker_silo (cluster, address, port, generation, status, proxy_port, host_name, silo_name, role_name, update_zone, fault_zone,
          suspectors, suspect_times, started, alive)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING
        """;

    // A heartbeat that came between is the newer one.
    private const string Update = """
        UPDATE broker_silo SET etag = nextval('broker_membership_etag'), status = $5, proxy_port = $6, host_name = $7, silo_name = $8, role_name = $9, update_zone = $10,
          fault_zone = $11, suspectors = $12, suspect_times = $13, started = $14, alive = greatest(alive, $15)
        WHERE cluster = $1 AND address = $2 AND port = $3 AND generation = $4 AND etag = $16
        """;

    // One statement has one snapshot: the version is that of the rows.
    private const string Read = $"""
        SELECT c.version, c.etag, {PostgresSilo.Columns} FROM broker_cluster c LEFT JOIN broker_silo s ON s.cluster = c.cluster
        """;

    private const string Cleanup = """
        DELETE FROM broker_silo WHERE cluster = $1 AND status = $2 AND greatest(started, alive, (SELECT max(t) FROM unnest(suspect_times) t)) < $3
        """;

    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">As Npgsql reads it; its search path says where the tables are.</param>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public PostgresMembershipTable(string connectionString, string clusterId, ILogger<PostgresMembershipTable> log)
        : base(clusterId, log)
    {
        // Few and rare: two connections are one more than a silo needs.
        var connection = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "orleans-broker membership", MaxPoolSize = 2 };
        connection.Options = $"{connection.Options} -c synchronous_commit=on".TrimStart();
        _source = NpgsqlDataSource.Create(connection);
    }

    public override async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken)
    {
        await PostgresMembershipSchema.EnsureAsync(_source, cancellationToken).ConfigureAwait(false);
        if (!tryInitTableVersion) return;
        await using var command = _source.CreateCommand("INSERT INTO broker_cluster (cluster, version) VALUES ($1, 0) ON CONFLICT DO NOTHING");
        command.Parameters.Add(Text(ClusterId));
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("DELETE FROM broker_cluster WHERE cluster = $1");
        command.Parameters.Add(Text(clusterId));
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(Cleanup);
        command.Parameters.Add(Text(ClusterId));
        command.Parameters.Add(Text(nameof(SiloStatus.Dead)));
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = beforeDate.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand($"{Read} AND s.address = $2 AND s.port = $3 AND s.generation = $4 WHERE c.cluster = $1");
        PostgresSilo.AddKey(command.Parameters, ClusterId, key);
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand($"{Read} WHERE c.cluster = $1");
        command.Parameters.Add(Text(ClusterId));
        return await ReadAsync(command, cancellationToken).ConfigureAwait(false);
    }

    public override Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        ChangeAsync(Insert, entry, null, tableVersion, cancellationToken);

    public override Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        ChangeAsync(Update, entry, etag, tableVersion, cancellationToken);

    public override async Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("UPDATE broker_silo SET alive = $5 WHERE cluster = $1 AND address = $2 AND port = $3 AND generation = $4");
        PostgresSilo.AddKey(command.Parameters, ClusterId, entry.SiloAddress);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = PostgresSilo.Utc(entry.IAmAliveTime) });
        if (await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0) throw RowLost(entry);
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<bool> ChangeAsync(string statement, MembershipEntry entry, string? etag, TableVersion version, CancellationToken cancellation)
    {
        // A tag that is no number is another store's, or none.
        if (!TryTag(version.VersionEtag, out var versionTag)) return false;
        long rowTag = 0;
        if (etag is not null && !TryTag(etag, out rowTag)) return false;
        await using var connection = await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var raise = new NpgsqlCommand(RaiseVersion, connection, transaction);
        raise.Parameters.Add(Text(ClusterId));
        raise.Parameters.Add(new NpgsqlParameter<int> { TypedValue = version.Version });
        raise.Parameters.Add(new NpgsqlParameter<long> { TypedValue = versionTag });
        if (await raise.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 0) return false;
#pragma warning disable CA2100 // One of the two above.
        await using var change = new NpgsqlCommand(statement, connection, transaction);
#pragma warning restore CA2100
        PostgresSilo.AddKey(change.Parameters, ClusterId, entry.SiloAddress);
        PostgresSilo.AddValues(change.Parameters, entry);
        if (etag is not null) change.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rowTag });
        if (await change.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 0) return false;
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    private async Task<MembershipTableData> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        TableVersion? version = null;
        List<Tuple<MembershipEntry, string>> silos = [];
        await using var row = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await row.ReadAsync(cancellation).ConfigureAwait(false))
        {
            version ??= new TableVersion(row.GetInt32(0), row.GetInt64(1).ToString(CultureInfo.InvariantCulture));
            if (!await row.IsDBNullAsync(2, cancellation).ConfigureAwait(false)) Add(silos, row);
        }

        return new MembershipTableData(silos, version ?? throw VersionLost());
    }

    private void Add(List<Tuple<MembershipEntry, string>> silos, NpgsqlDataReader row)
    {
        try
        {
            silos.Add(PostgresSilo.Read(row, 2));
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidCastException or OverflowException)
        {
            SayOdd(PostgresSilo.NameOf(row, 2), fault);
        }
    }

    private static bool TryTag(string etag, out long tag) => long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out tag);

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
