using System.Text;
using Npgsql;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>
/// Leases by the server's clock, one row for each writer. They have connections of their own: a thousand openings after a node's death must not keep a renewal waiting
/// for one, and one that is cut off is given up at once.
/// </summary>
internal sealed class PostgresLeases : ISiloLeases, IAsyncDisposable
{
    /// <summary>A renewal, its successor if it hangs, and questions for the leases of others.</summary>
    private const int Connections = 4;

    // clock_timestamp: the time at which the statement is carried out. The answer means that it is on the server's disk, as a lease has to outlive a crash of the server.
    private const string Renew = """
        INSERT INTO broker_lease (writer, until, validity) VALUES ($1, clock_timestamp() + $2, $2)
        ON CONFLICT (writer) DO UPDATE SET until = EXCLUDED.until, validity = EXCLUDED.validity
        """;

    private const string Owned = "SELECT key, epoch FROM broker_journal WHERE kind = $1 AND writer = $2";

    private const string Remaining = "SELECT greatest(interval '0', least(until - clock_timestamp(), validity)) FROM broker_lease WHERE writer = $1";

    private readonly NpgsqlDataSource _source;

    public PostgresLeases(NpgsqlConnectionStringBuilder connection)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection.ConnectionString)
        {
            MinPoolSize = 0,
            MaxPoolSize = Connections,
            CancellationTimeout = -1, // a server that does not answer does not answer that either
        });
    }

    public async ValueTask<IReadOnlyList<OwnedJournal>> RenewAsync(WriterId writer, TimeSpan validity, CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        // One way there and back, but two transactions, which the barrier ends each: the second looks when the first can be seen.
        await using var batch = new NpgsqlBatch(connection) { EnableErrorBarriers = true };
        var renew = new NpgsqlBatchCommand(Renew);
        renew.Parameters.AddValue(writer.Value);
        renew.Parameters.AddValue(validity);
        var owned = new NpgsqlBatchCommand(Owned);
        owned.Parameters.AddValue(ISiloLeases.WatchedKind);
        owned.Parameters.AddValue(writer.Value);
        batch.BatchCommands.Add(renew);
        batch.BatchCommands.Add(owned);
        await using var reader = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        List<OwnedJournal> journals = [];
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) journals.Add(ReadOwned(reader));
        return journals;
    }

    public async ValueTask<TimeSpan> RemainingAsync(WriterId writer, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand(Remaining);
        command.Parameters.AddValue(writer.Value);
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is TimeSpan remaining ? remaining : TimeSpan.Zero;
    }

    public async ValueTask EndAsync(WriterId writer, CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand("DELETE FROM broker_lease WHERE writer = $1");
        command.Parameters.AddValue(writer.Value);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static OwnedJournal ReadOwned(NpgsqlDataReader row) =>
        new(new JournalId(ISiloLeases.WatchedKind, Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(0))), new JournalEpoch((ulong)row.GetInt64(1)));

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
