namespace OrleansBroker.Silo.Checkpoints;

/// <summary>There is no checkpoint; the message is for the operator. Ends the program with <see cref="ExitCode.Failed"/>.</summary>
internal sealed class CheckpointFailedException(string message, Exception? inner = null) : Exception(message, inner);
