namespace OrleansBroker.Storage.Journals;

/// <summary>A stretch of one thread's work whose appends are committed together; see <see cref="JournalWriter.BeginTurn"/>.</summary>
public readonly ref struct CommitTurn
{
    [ThreadStatic]
    private static JournalWriter? _current;

    private readonly JournalWriter? _writer;

    private CommitTurn(JournalWriter writer) => _writer = writer;

    /// <summary>The writer in whose turn this thread is.</summary>
    internal static JournalWriter? Current => _current;

    /// <summary>A turn within a turn is part of the outer one, also of another writer (a second silo in one process: its appends start at once).</summary>
    internal static CommitTurn Begin(JournalWriter writer)
    {
        if (_current is not null)
            return default;
        _current = writer;
        return new CommitTurn(writer);
    }

    public void Dispose()
    {
        if (_writer is null)
            return;
        _current = null;
        _writer.EndTurn();
    }
}
