using Npgsql;
using NpgsqlTypes;

namespace OrleansBroker.Storage.Postgres;

/// <summary>Positional parameters, in the order in which they are added.</summary>
internal static class PostgresParameters
{
    public static void AddArray<T>(this NpgsqlParameterCollection parameters, NpgsqlDbType element, IReadOnlyList<T> values) =>
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | element, Value = values });

    public static void AddValue<T>(this NpgsqlParameterCollection parameters, T value)
        where T : notnull => parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
