namespace OrleansBroker.Silo;

/// <summary>The broker could not start, for a reason outside its options; the message is for the operator and names the option that it concerns.
/// Ends the program with <see cref="ExitCode.Failed"/>.</summary>
internal class StartFailedException(string message, Exception inner) : Exception(message, inner);
