namespace OrleansBroker.Broker.Retained;

/// <summary>What became of a retained message, or of the wish to clear one.</summary>
public enum RetainedOutcome
{
    /// <summary>The first message of its topic is stored.</summary>
    Stored,
    /// <summary>The message is stored in the place of the older one of its topic.</summary>
    Replaced,
    /// <summary>The message of the topic is gone.</summary>
    Cleared,
    /// <summary>There was no message to clear.</summary>
    Absent,
    /// <summary>Not stored: as many messages as allowed are; nothing has changed.</summary>
    RefusedCount,
    /// <summary>Not stored: the bytes allowed would be exceeded; nothing has changed, an older message of the topic stays.</summary>
    RefusedBytes,
}
