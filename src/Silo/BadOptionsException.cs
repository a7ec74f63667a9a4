namespace OrleansBroker.Silo;

/// <summary>What the operator gave cannot be used; each problem is one line that names the option. Ends the program with <see cref="ExitCode.BadOptions"/>.</summary>
internal sealed class BadOptionsException(IReadOnlyList<string> problems, Exception? inner = null) : Exception(string.Join('\n', problems), inner)
{
    public BadOptionsException(string problem, Exception? inner = null)
        : this([problem], inner)
    {
    }

    public IReadOnlyList<string> Problems { get; } = problems;
}
