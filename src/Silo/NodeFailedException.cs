namespace OrleansBroker.Silo;

/// <summary>The broker was up and could not go on. Ends the program with <see cref="ExitCode.Failed"/> and this message.</summary>
internal sealed class NodeFailedException(string message, Exception inner) : Exception(message, inner);
