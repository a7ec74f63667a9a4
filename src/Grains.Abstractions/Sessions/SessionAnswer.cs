namespace OrleansBroker.Grains.Sessions;

/// <summary>What was found of one session.</summary>
/// <param name="Found">Null when there is no such session, or only those know of it that could not be asked.</param>
/// <param name="Partial">Nodes that could not be asked.</param>
public sealed record SessionAnswer<T>(T? Found, IReadOnlyList<string> Partial)
    where T : class;
