namespace OrleansBroker.Grains.Sessions;

/// <summary>Sessions in the order of their client ids' UTF-8.</summary>
/// <param name="Items">May be fewer than asked for, and none, before the end: the time is up.</param>
/// <param name="Next">The client id behind which the next page begins, whether or not it is a session's; null at the end.</param>
/// <param name="Partial">Nodes that could not be asked: what only they know of their sessions is missing.</param>
/// <param name="AsOf">When it was begun to be read, UTC milliseconds. What is said of a session was so then or later.</param>
public sealed record SessionPage(IReadOnlyList<SessionItem> Items, string? Next, IReadOnlyList<string> Partial, long AsOf);
