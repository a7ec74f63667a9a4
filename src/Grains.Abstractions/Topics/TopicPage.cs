namespace OrleansBroker.Grains.Topics;

/// <summary>A page of what the shards have, in order.</summary>
/// <param name="HasMore">There is more behind the last item.</param>
/// <param name="Missing">Cores, by name, that did not answer in time: what their shards have is missing.</param>
public sealed record TopicPage<TItem>(IReadOnlyList<TItem> Items, bool HasMore, IReadOnlyList<string> Missing);
