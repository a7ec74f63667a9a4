namespace OrleansBroker.Broker.Topics;

/// <summary>A node to go on from, with the level of the topic name that begins at byte <paramref name="Start"/>.</summary>
internal readonly record struct TopicBranch(int Node, int Start);
