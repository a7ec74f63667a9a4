using Npgsql;
using NpgsqlTypes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>The keys that a commit removes, a list for each column.</summary>
internal sealed class PostgresRemovals
{
    private readonly List<long> _rows = [];
    private readonly List<byte[]> _keys = [];

    public void Add(long row, in JournalRecord record)
    {
        _rows.Add(row);
        _keys.Add(record.Key.ToArray());
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.AddArray(NpgsqlDbType.Bigint, _rows);
        parameters.AddArray(NpgsqlDbType.Bytea, _keys);
    }
}
