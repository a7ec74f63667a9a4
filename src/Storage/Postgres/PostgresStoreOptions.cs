using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Postgres;

/// <summary>Where the PostgreSQL store is.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>As Npgsql reads it; the tables stand in the first schema of its search path.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Commits under way at once, each on a connection of its own (invariant H10).</summary>
    public int PartitionCount { get; init; } = 4;

    public StoreLayout Layout { get; init; } = new();

    /// <summary>Told of what failed in the background and is repeated.</summary>
    public Action<Exception>? Failed { get; init; }
}
