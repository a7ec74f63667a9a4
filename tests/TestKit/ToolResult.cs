namespace OrleansBroker.TestKit;

/// <summary>How a command ended.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>This, if the command succeeded.</summary>
    /// <exception cref="InvalidOperationException">It did not; the message holds all it said.</exception>
    public ToolResult EnsureSuccess() =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"exit code {ExitCode}\n{Output}\n{Errors}");
}
