namespace OrleansBroker.Grains.Topics;

/// <summary>The retained messages of the whole broker; those below <c>$SYS</c> are this node's own. Any node, any thread.</summary>
public interface IRetainedMessages
{
    /// <summary>The topic is below <c>$SYS</c>: nobody but the broker changes it.</summary>
    /// <param name="topic">UTF-8.</param>
    bool IsReserved(ReadOnlySpan<byte> topic);

    /// <param name="topic">A valid topic name, UTF-8.</param>
    /// <returns>With its contents; null when the topic has none.</returns>
    /// <exception cref="TopicUnavailableException"/>
    Task<RetainedRecord?> FindAsync(byte[] topic, CancellationToken cancellation);

    /// <summary>Takes the topic's retained message away; returns when that is committed. No subscriber is sent anything.</summary>
    /// <param name="topic">A valid topic name, UTF-8; not one below <c>$SYS</c>, which is answered as if it had none.</param>
    /// <returns>False when the topic had none.</returns>
    /// <exception cref="TopicUnavailableException">It may have been taken away.</exception>
    Task<bool> RemoveAsync(byte[] topic, CancellationToken cancellation);

    /// <summary>A page in the order of the topics' bytes. One with contents may be shorter than its limit, for the sake of its size, while there is more.</summary>
    /// <param name="withContents">Properties and payloads too, but of messages that have gone since they were found.</param>
    Task<TopicPage<RetainedRecord>> ListAsync(RetainedQuery query, bool withContents, CancellationToken cancellation);
}
