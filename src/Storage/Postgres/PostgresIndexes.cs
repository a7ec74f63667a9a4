using System.Text;
using Npgsql;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>The sorted views of all journals, page by page.</summary>
internal sealed class PostgresIndexes(NpgsqlDataSource source)
{
    private const string Listed = "SELECT key FROM broker_journal WHERE kind = $1 AND key > $2 AND ending <> 2 ORDER BY key LIMIT $3";

    private const string DueBefore = """
        SELECT due, kind, key FROM broker_journal
        WHERE bucket = $1 AND due <> 0 AND due < $2 AND (due, kind, key) > ($3, $4, $5) ORDER BY due, kind, key LIMIT $6
        """;

    private const string AttachedTo = """
        SELECT kind, key FROM broker_journal WHERE owner = $1 AND (kind, key) > ($2, $3) ORDER BY kind, key LIMIT $4
        """;

    // From owner to owner by the index: one may have a million journals.
    private const string Owners = """
        WITH RECURSIVE next AS (
          (SELECT owner, 1 AS n FROM broker_journal WHERE owner > $1 ORDER BY owner LIMIT 1)
          UNION ALL
          SELECT (SELECT j.owner FROM broker_journal j WHERE j.owner > next.owner ORDER BY j.owner LIMIT 1), n + 1
          FROM next WHERE next.owner IS NOT NULL AND n < $2)
        SELECT owner FROM next WHERE owner IS NOT NULL
        """;

    public async Task<IReadOnlyList<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Listed);
        command.Parameters.AddValue(kind);
        command.Parameters.AddValue(KeyOf(after));
        command.Parameters.AddValue(limit);
        return await ReadAsync(command, reader => new JournalId(kind, Key(reader, 0)), cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<DueJournal>> DueAsync(int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(DueBefore);
        command.Parameters.AddValue(bucket);
        command.Parameters.AddValue(beforeUtcSecond);
        command.Parameters.AddValue(after?.UtcSecond ?? long.MinValue);
        command.Parameters.AddValue(after?.Journal.Kind ?? string.Empty);
        command.Parameters.AddValue(KeyOf(after?.Journal));
        command.Parameters.AddValue(limit);
        return await ReadAsync(command, static reader => new DueJournal(reader.GetInt64(0), new JournalId(reader.GetString(1), Key(reader, 2))), cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<JournalId>> AttachedAsync(string owner, JournalId? after, int limit, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(AttachedTo);
        command.Parameters.AddValue(owner);
        command.Parameters.AddValue(after?.Kind ?? string.Empty);
        command.Parameters.AddValue(KeyOf(after));
        command.Parameters.AddValue(limit);
        return await ReadAsync(command, static reader => new JournalId(reader.GetString(0), Key(reader, 1)), cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<string>> AttachedOwnersAsync(string? after, int limit, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(Owners);
        command.Parameters.AddValue(after ?? string.Empty);
        command.Parameters.AddValue(limit);
        return await ReadAsync(command, static reader => reader.GetString(0), cancellation).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> row, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) rows.Add(row(reader));
        return rows;
    }

    private static byte[] KeyOf(JournalId? journal) => Encoding.UTF8.GetBytes(journal?.Key ?? string.Empty);

    private static string Key(NpgsqlDataReader reader, int column) => Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(column));
}
