using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>The records that a commit puts, a list for each column.</summary>
internal sealed class PostgresPuts
{
    private readonly List<long> _rows = [];
    private readonly List<byte[]> _keys = [];
    private readonly List<int> _places = [];
    private readonly List<byte[]> _stored = [];
    private readonly List<byte[]?> _payloads = [];
    private readonly List<Guid?> _shared = [];
    private readonly List<int> _payloadBytes = [];

    /// <param name="place">Among the row's records: with the row's number the order of the last write.</param>
    /// <param name="shared">Where its payload stands, or null when it stands here or it has none.</param>
    public void Add(long row, int place, in JournalRecord record, Guid? shared)
    {
        var payload = record.HasPayload ? ImmutableCollectionsMarshal.AsArray(record.Payload) : null;
        _rows.Add(row);
        _keys.Add(record.Key.ToArray());
        _places.Add(place);
        _stored.Add(record.Stored.ToArray());
        _payloads.Add(shared is null ? payload : null);
        _shared.Add(shared);
        _payloadBytes.Add(payload?.Length ?? 0);
    }

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.AddArray(NpgsqlDbType.Bigint, _rows);
        parameters.AddArray(NpgsqlDbType.Bytea, _keys);
        parameters.AddArray(NpgsqlDbType.Integer, _places);
        parameters.AddArray(NpgsqlDbType.Bytea, _stored);
        parameters.AddArray(NpgsqlDbType.Bytea, _payloads);
        parameters.AddArray(NpgsqlDbType.Uuid, _shared);
        parameters.AddArray(NpgsqlDbType.Integer, _payloadBytes);
    }
}
