namespace OrleansBroker.Grains.Topics;

/// <summary>The owner of a topic's shard did not answer in time: it is being opened elsewhere, or the store is out of reach.</summary>
public sealed class TopicUnavailableException(string message, Exception? inner) : TimeoutException(message, inner);
