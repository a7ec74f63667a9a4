using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Retained;

/// <summary>
/// The retained messages of one shard, one per topic name, within a count and a number of bytes; whether a publisher's session still
/// exists is of no account [MQTT311-3.1.2-7]. An expired message is never given out and
/// counts against the bounds until <see cref="RemoveExpired"/> has come by, which the owner calls with bounded steps.
/// Not thread-safe: it belongs to the shard's monitor.
/// </summary>
public sealed partial class RetainedStore<TMessage>
    where TMessage : class, IRetained
{
    private readonly TopicTree<TMessage> _messages = new();
    private int _sweepPosition;
    private int _expiring;

    /// <param name="maximumCount">Messages, 0 or more; 0 stores none.</param>
    /// <param name="maximumBytes">Sum of <see cref="IRetained.SizeBytes"/>, 0 or more.</param>
    public RetainedStore(int maximumCount, long maximumBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximumCount);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        MaximumCount = maximumCount;
        MaximumBytes = maximumBytes;
    }

    public int MaximumCount { get; }

    public long MaximumBytes { get; }

    /// <summary>Messages held, expired ones that are still there included.</summary>
    public int Count => _messages.Count;

    /// <summary>Sum of the sizes of the messages held.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Stores the message of a topic, in the place of an older one [MQTT5-3.3.1-5].</summary>
    /// <param name="message">Not one with an empty payload: that is <see cref="Clear"/> [MQTT5-3.3.1-7].</param>
    public RetainedOutcome Set(ReadOnlySpan<byte> topicName, TMessage message) => Set(topicName, message, Of(topicName));

    /// <summary>As above, for who has looked the older one up.</summary>
    /// <param name="older">What <see cref="Of"/> says.</param>
    public RetainedOutcome Set(ReadOnlySpan<byte> topicName, TMessage message, TMessage? older)
    {
        var size = SizeBytes + message.SizeBytes - (older?.SizeBytes ?? 0);
        if (older is null && Count >= MaximumCount)
            return RetainedOutcome.RefusedCount;
        if (size > MaximumBytes)
            return RetainedOutcome.RefusedBytes;
        _messages.GetOrAdd(topicName, out _) = message;
        SizeBytes = size;
        _expiring += Expires(message) - (older is null ? 0 : Expires(older));
        return older is null ? RetainedOutcome.Stored : RetainedOutcome.Replaced;
    }

    /// <summary>What is held for exactly this topic, expired or not.</summary>
    public TMessage? Of(ReadOnlySpan<byte> topicName) => _messages.TryGet(topicName, out var message) ? message : null;

    /// <summary>Removes the message of a topic, as a retained PUBLISH with an empty payload asks [MQTT5-3.3.1-6].</summary>
    public RetainedOutcome Clear(ReadOnlySpan<byte> topicName)
    {
        if (!_messages.Remove(topicName, out var message))
            return RetainedOutcome.Absent;
        Removed(message);
        return RetainedOutcome.Cleared;
    }

    /// <summary>All messages whose topic matches the filter, in slices; see <see cref="TopicTree{TValue}.Cursor"/> for changes meanwhile.</summary>
    public Cursor Find(ReadOnlySpan<byte> topicFilter) => new(_messages.Find(topicFilter));

    /// <summary>The first messages in the order of their topics' bytes, without those that have expired; see <see cref="TopicTree{TValue}.FindFirst"/>.</summary>
    public TopicTree<TMessage>.Page FindFirst(ReadOnlySpan<byte> topicFilter, ReadOnlySpan<byte> after, int limit, long nowMilliseconds) =>
        _messages.FindFirst(topicFilter, after, includesAfter: false, limit, message => !IsExpired(message, nowMilliseconds));

    /// <summary>Removes expired messages among the next <paramref name="maximumSteps"/> levels of the tree, of which none is looked at while no message ever expires.</summary>
    /// <param name="removed">Receives the messages removed, for the owner to take them out of the journal.</param>
    /// <returns>True when this call ended a round through the store.</returns>
    public bool RemoveExpired(long nowMilliseconds, int maximumSteps, List<TMessage> removed)
    {
        if (_expiring == 0)
            return true;
        var before = removed.Count;
        var sweep = new ExpirySweep(nowMilliseconds, removed);
        var ended = _messages.Sweep(ref _sweepPosition, maximumSteps, ref sweep);
        for (var index = before; index < removed.Count; index++)
            Removed(removed[index]);
        return ended;
    }

    private void Removed(TMessage message)
    {
        SizeBytes -= message.SizeBytes;
        _expiring -= Expires(message);
    }

    private static int Expires(TMessage message) => message.ExpiresAtMilliseconds == long.MaxValue ? 0 : 1;

    private static bool IsExpired(TMessage message, long nowMilliseconds) => message.ExpiresAtMilliseconds <= nowMilliseconds;

    private readonly struct ExpirySweep(long nowMilliseconds, List<TMessage> removed) : ITopicSweep<TMessage>
    {
        public bool ShouldRemove(TMessage value)
        {
            var expired = IsExpired(value, nowMilliseconds);
            if (expired)
                removed.Add(value);
            return expired;
        }
    }
}
