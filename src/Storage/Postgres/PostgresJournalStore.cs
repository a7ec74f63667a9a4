using System.Text;
using Npgsql;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>
/// Keeps journals in PostgreSQL, for any number of nodes. A commit is one statement; who may write is decided by the server, row by row (<see cref="PostgresCommit"/>).
/// The server's answer to a commit means that it is on its disk: the store asks for that itself, whatever the server's default.
/// </summary>
public sealed class PostgresJournalStore : IJournalStore
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    // The first statement makes a row for a journal that has none, as one that was deleted; the second knows what was there before it writes.
    private const string OpenRow = """
        INSERT INTO broker_journal (kind, key, bucket, epoch, number, writer, ending) VALUES ($1, $2, $3, 0, 0, '00000000-0000-0000-0000-000000000000', 2)
        ON CONFLICT (kind, key) DO NOTHING
        """;

    private const string TakeRow = """
        UPDATE broker_journal j SET epoch = nextval('broker_epoch'), number = j.number + 1, writer = $3, ending = 0, opened = clock_timestamp()
        FROM (SELECT id, writer, ending, opened FROM broker_journal WHERE kind = $1 AND key = $2 FOR UPDATE) before
        WHERE j.id = before.id
        RETURNING j.id, j.epoch, j.number, before.writer, before.ending, j.due, j.owner, greatest(interval '0', clock_timestamp() - before.opened)
        """;

    private const int MaxConnections = 12;

    private readonly NpgsqlDataSource _source;
    private readonly PostgresIndexes _indexes;
    private readonly PostgresLeases _leases;
    private readonly CancellationTokenSource _stop = new();
    private readonly PostgresStoreOptions _options;
    private readonly Task _sweeping;

    private PostgresJournalStore(NpgsqlDataSource source, PostgresStoreOptions options, TimeProvider time)
    {
        _source = source;
        _options = options;
        _indexes = new PostgresIndexes(source);
        _leases = new PostgresLeases(ConnectionOf(options));
        _sweeping = SweepAsync(time);
    }

    public int PartitionCount => _options.PartitionCount;

    public int BucketCount => _options.Layout.BucketCount;

    public bool CommitsInline => false;

    public bool ReadsInline => false;

    public ISiloLeases Leases => _leases;

    /// <summary>Connects and creates the tables that are not there.</summary>
    /// <exception cref="StoreRefusedException">The tables cannot be used by this program.</exception>
    public static async Task<PostgresJournalStore> OpenAsync(PostgresStoreOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var source = NpgsqlDataSource.Create(ConnectionOf(options));
        try
        {
            await PostgresSchema.EnsureAsync(source, options.Layout, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new PostgresJournalStore(source, options, time);
    }

    public int PartitionOf(JournalId journal) => journal.BucketOf(PartitionCount);

    public async ValueTask<JournalOpening> OpenAsync(JournalId journal, WriterId writer, IJournalReplay replay, CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        var (id, opening) = await TakeAsync(connection, journal, writer, cancellation).ConfigureAwait(false);
        // By a snapshot of its own: what the owner before committed is in it, and its later commits find the epoch raised.
        await new PostgresReplay(journal, replay).RunAsync(connection, id, cancellation).ConfigureAwait(false);
        return opening;
    }

    public async ValueTask CommitAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation) =>
        await new PostgresCommit(appends).RunAsync(_source, cancellation).ConfigureAwait(false);

    public async ValueTask<JournalCompaction> CompactAsync(
        JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation)
    {
        // A record replaces its elder at once: there is nothing to forget but what the server's own vacuum does.
        await using var command = _source.CreateCommand("SELECT 1 FROM broker_journal WHERE kind = $1 AND key = $2 AND epoch = $3 AND writer = $4");
        AddName(command.Parameters, journal);
        command.Parameters.AddValue((long)epoch.Value);
        command.Parameters.AddValue(writer.Value);
        return await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is null ? JournalCompaction.Fenced : JournalCompaction.Done;
    }

    public async ValueTask ReadAsync(JournalId journal, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        if (await FindAsync(connection, journal, cancellation).ConfigureAwait(false) is { } id)
            await new PostgresReplay(journal, replay).RunAsync(connection, id, keys, cancellation).ConfigureAwait(false);
    }

    public async ValueTask ScanAsync(JournalId journal, JournalScan scan, IJournalReplay replay, CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        if (await FindAsync(connection, journal, cancellation).ConfigureAwait(false) is { } id)
            await new PostgresReplay(journal, replay).RunAsync(connection, id, scan, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<JournalDigestPage> DigestAsync(JournalDigestQuery query, CancellationToken cancellation) =>
        await new PostgresDigests(_source).ReadAsync(query, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation) =>
        await _indexes.ListAsync(kind, after, limit, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<DueJournal>> DueAsync(int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation) =>
        await _indexes.DueAsync(bucket, beforeUtcSecond, after, limit, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<JournalId>> AttachedAsync(string owner, JournalId? after, int limit, CancellationToken cancellation) =>
        await _indexes.AttachedAsync(owner, after, limit, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<string>> AttachedOwnersAsync(string? after, int limit, CancellationToken cancellation) =>
        await _indexes.AttachedOwnersAsync(after, limit, cancellation).ConfigureAwait(false);

    /// <summary>A round of what is swept each minute.</summary>
    internal Task SweepOnceAsync(CancellationToken cancellation) => new PostgresSweep(_source).RunAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweeping.ConfigureAwait(false);
        await _leases.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static NpgsqlConnectionStringBuilder ConnectionOf(PostgresStoreOptions options)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = "orleans-broker", MaxAutoPrepare = 20 };
        // Six nodes within the hundred connections that a server allows by default; more only wait for each other there. Who knows better says so in the connection string.
        // It contains all keys that there are, given or not.
        if (!connection.ShouldSerialize("Maximum Pool Size")) connection.MaxPoolSize = MaxConnections;
        connection.Options = $"{connection.Options} -c synchronous_commit=on".TrimStart();
        return connection;
    }

    /// <summary>Null when there is no such journal.</summary>
    private static async Task<long?> FindAsync(NpgsqlConnection connection, JournalId journal, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand("SELECT id FROM broker_journal WHERE kind = $1 AND key = $2", connection);
        AddName(find.Parameters, journal);
        return await find.ExecuteScalarAsync(cancellation).ConfigureAwait(false) as long?;
    }

    private static void AddName(NpgsqlParameterCollection parameters, JournalId journal)
    {
        parameters.AddValue(journal.Kind);
        parameters.AddValue(Encoding.UTF8.GetBytes(journal.Key));
    }

    private async Task<(long Id, JournalOpening Opening)> TakeAsync(NpgsqlConnection connection, JournalId journal, WriterId writer, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        var open = new NpgsqlBatchCommand(OpenRow);
        AddName(open.Parameters, journal);
        open.Parameters.AddValue(journal.BucketOf(BucketCount));
        var take = new NpgsqlBatchCommand(TakeRow);
        AddName(take.Parameters, journal);
        take.Parameters.AddValue(writer.Value);
        batch.BatchCommands.Add(open);
        batch.BatchCommands.Add(take);
        await using var reader = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        var ending = (JournalEnding)reader.GetInt16(4);
        var opening = new JournalOpening(
            new JournalEpoch((ulong)reader.GetInt64(1)),
            (ulong)reader.GetInt64(2),
            ending == JournalEnding.Delete ? null : new WriterId(reader.GetGuid(3)),
            ending != JournalEnding.None,
            reader.GetInt64(5),
            await reader.IsDBNullAsync(6, cancellation).ConfigureAwait(false) ? null : reader.GetString(6))
        {
            PreviousAge = reader.GetTimeSpan(7),
        };
        return (reader.GetInt64(0), opening);
    }

    private async Task SweepAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) await TrySweepAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The store is closed.
        }
    }

    private async Task TrySweepAsync()
    {
        try
        {
            await SweepOnceAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _options.Failed?.Invoke(failure); // nothing waits for it: the next round does it
        }
    }
}
