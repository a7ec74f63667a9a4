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

    /// <summary>For turns whose beginning and end are in different methods.</summary>
    /// <returns>False: a turn within a turn is part of the outer one, also of another writer (a second silo in one process: its appends start at once).</returns>
    public static bool TryBegin(JournalWriter writer)
    {
        if (_current is not null)
            return false;
        _current = writer;
        return true;
    }

    /// <summary>Ends what <see cref="TryBegin"/> has begun on this thread.</summary>
    public static void End(JournalWriter writer)
    {
        _current = null;
        writer.EndTurn();
    }

    public void Dispose()
    {
        if (_writer is not null)
            End(_writer);
    }

    internal static CommitTurn Begin(JournalWriter writer) => TryBegin(writer) ? new CommitTurn(writer) : default;
}
