using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// Which QoS 2 messages a durable session has taken of publishers that may hand them on again (invariant B6): for each publisher those from its lowest open one
/// on. Of more than <see cref="MaxPublishers"/> the one that has been silent longest is forgotten.
/// </summary>
internal sealed class SeenMessages
{
    /// <summary>At 20 messages each some 2 MB of a session that hears of so many at QoS 2.</summary>
    private const int MaxPublishers = 1024;

    private readonly Dictionary<long, Publisher> _publishers = [];
    private long _uses;

    /// <summary>All that are kept.</summary>
    public IEnumerable<MessageOrigin> Origins =>
        _publishers.SelectMany(static publisher => publisher.Value.Records.Keys.Select(sequence => new MessageOrigin(publisher.Key, sequence, 0)));

    public bool TryGet(long incarnation, long sequence, out Seen seen)
    {
        seen = default;
        return _publishers.TryGetValue(incarnation, out var publisher) && publisher.Records.TryGetValue(sequence, out seen);
    }

    /// <summary>Whether the publisher is done with the message since long, as a later one of it has said: a silo that stood still, and was taken for dead, can have it still.</summary>
    public bool IsPast(MessageOrigin origin) => _publishers.TryGetValue(origin.Incarnation, out var publisher) && origin.Sequence < publisher.LowestOpen;

    /// <param name="record">Journal number of the record that says so: the message's, or one of its own (<paramref name="isRecorded"/>).</param>
    public void Add(long incarnation, long sequence, ulong record, bool isRecorded)
    {
        if (!_publishers.TryGetValue(incarnation, out var publisher)) _publishers.Add(incarnation, publisher = new Publisher());
        publisher.Records[sequence] = new Seen(record, isRecorded);
        publisher.LastUse = ++_uses;
    }

    /// <summary>The next record that need not be kept any more, because of what this message says or because there are too many publishers.</summary>
    public bool TryForget(MessageOrigin origin, out (long Incarnation, long Sequence, Seen Seen) forgotten)
    {
        if (_publishers.TryGetValue(origin.Incarnation, out var publisher))
        {
            publisher.LowestOpen = Math.Max(publisher.LowestOpen, origin.LowestOpen);
            if (publisher.TryTakeBelow(origin.LowestOpen, out var old))
            {
                forgotten = (origin.Incarnation, old.Key, old.Value);
                return true;
            }
        }

        forgotten = default;
        return _publishers.Count > MaxPublishers && TryTakeOfTheMostSilent(out forgotten);
    }

    private bool TryTakeOfTheMostSilent(out (long Incarnation, long Sequence, Seen Seen) forgotten)
    {
        var silent = _publishers.MinBy(static entry => entry.Value.LastUse);
        var isThere = silent.Value.TryTakeBelow(long.MaxValue, out var old);
        if (silent.Value.Records.Count == 0) _publishers.Remove(silent.Key);
        forgotten = (silent.Key, old.Key, old.Value);
        return isThere;
    }

    public readonly record struct Seen(ulong Record, bool IsRecorded);

    private sealed class Publisher
    {
        public SortedList<long, Seen> Records { get; } = [];

        public long LastUse { get; set; }

        /// <summary>The greatest that was heard of.</summary>
        public long LowestOpen { get; set; }

        public bool TryTakeBelow(long sequence, out KeyValuePair<long, Seen> oldest)
        {
            oldest = default;
            if (Records.Count == 0 || Records.GetKeyAtIndex(0) >= sequence) return false;
            oldest = new KeyValuePair<long, Seen>(Records.GetKeyAtIndex(0), Records.GetValueAtIndex(0));
            Records.RemoveAt(0);
            return true;
        }
    }
}
