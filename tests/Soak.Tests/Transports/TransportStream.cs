namespace OrleansBroker.Soak.Tests.Transports;

/// <summary>An open network connection.</summary>
/// <param name="Reset">Ends it as a crash does: what was not sent or read is lost.</param>
internal sealed record TransportStream(Stream Stream, Action Reset);
