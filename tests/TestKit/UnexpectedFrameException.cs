namespace OrleansBroker.TestKit;

/// <summary>What came over the wire is not what the test, or the standard, allows. The message holds the bytes.</summary>
public sealed class UnexpectedFrameException(string message) : Exception(message);
