namespace OrleansBroker.Broker.Topics;

/// <summary>What one call of a cursor came to.</summary>
public enum TopicCursorState
{
    /// <summary>Stands on a value; call again for the next.</summary>
    Found,
    /// <summary>The steps allowed are used up; call again in the next slice.</summary>
    Paused,
    /// <summary>Nothing is left, now and in every later call.</summary>
    Done,
}
