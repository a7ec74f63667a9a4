namespace OrleansBroker.Storage.Postgres;

/// <summary>Where the PostgreSQL store is.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>As Npgsql reads it; the tables stand in the first schema of its search path.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Commits under way at once, each on a connection of its own (invariant H10).</summary>
    public int PartitionCount { get; init; } = 4;

    /// <summary>Buckets of the due index; stored when the tables are created, and refused when it differs later.</summary>
    public int BucketCount { get; init; } = 64;

    /// <summary>Told of what failed in the background and is repeated.</summary>
    public Action<Exception>? Failed { get; init; }
}
