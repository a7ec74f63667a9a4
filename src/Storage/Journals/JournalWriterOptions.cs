namespace OrleansBroker.Storage.Journals;

/// <summary>Bounds of the writer's commits and how it repeats them.</summary>
public sealed record JournalWriterOptions
{
    /// <summary>A commit takes no further row beyond this many; 1,024 keep a PostgreSQL statement and its answer small.</summary>
    public int MaxCommitRows { get; init; } = 1024;

    /// <summary>A commit takes no further row when it weighs this much: 4 MiB, so at most 5 MiB with the last row, or one larger record.</summary>
    public int MaxCommitBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Wait before a commit of unknown outcome is repeated, doubled each time.</summary>
    public TimeSpan MinRetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such wait: recovery after an outage is noticed within it.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Told of each commit that the store has answered, on the thread that goes on with it; must not block.</summary>
    public Action<JournalCommit>? Committed { get; init; }

    /// <summary>Told when a commit fails as a whole, or an owner throws (a fault of the program); must not block.</summary>
    public Action<Exception>? Failed { get; init; }
}
