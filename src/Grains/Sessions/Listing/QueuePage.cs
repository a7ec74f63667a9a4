using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>A page of a queue, from what the session has in memory and what its journal has. It ends with the limit, or where the journal's messages become more than may be read at once.</summary>
internal sealed class QueuePage(BrokerClock clock, int limit, bool withPayloads) : IJournalReplay
{
    private const long MillisecondsPerSecond = 1000;

    /// <summary>Of the messages of a page; the topic stands in them, so they are read whether or not their payloads are asked for.</summary>
    private const long MostBytes = 1024 * 1024;

    private readonly Dictionary<long, JournaledMessage> _stored = [];
    private long _bytes;

    public List<QueuedMessage> Items { get; } = [];

    /// <summary>The sequence behind which the next page begins; null at the end.</summary>
    public long? Next { get; private set; }

    /// <summary>The first that was not read, as it is too large together with those before it; 0 for none.</summary>
    public long FirstUnread { get; private set; }

    public long MaxPayloadBytes { get; init; } = MostBytes;

    /// <summary>Of a session that is in memory: one behind the limit only says that there are more.</summary>
    public void Add(IReadOnlyList<QueueEntry> waiting, bool isConnected)
    {
        var last = 0L;
        foreach (var entry in waiting.Take(limit))
        {
            var isRead = _stored.TryGetValue(entry.Message.Sequence, out var stored);
            var message = entry.IsInJournal ? stored.Message : entry.Message;
            // What has been taken since is not there any more.
            var isGone = entry.IsInJournal && !isRead;
            if (!isGone && !TryAdd(message, stored.QueuedAtUtcSecond, isConnected ? entry.PacketIdentifier : (ushort)0, isUnread: entry.IsInJournal && message.Publication is null))
            {
                Next = last;
                return;
            }

            last = entry.Message.Sequence;
        }

        if (waiting.Count > limit) Next = last;
    }

    /// <summary>Of a session that is in the store alone: all that was read, in order.</summary>
    public void AddStored()
    {
        foreach (var stored in _stored.Values.OrderBy(static stored => stored.Message.Sequence))
        {
            if (Items.Count < limit && TryAdd(stored.Message, stored.QueuedAtUtcSecond, packetIdentifier: 0, isUnread: stored.Message.Publication is null)) continue;
            Next = Items.Count == 0 ? 0 : Items[^1].Sequence;
            return;
        }
    }

    public void Replay(in JournalRecord record)
    {
        if (JournaledMessage.TryRead(record, clock, out var read)) _stored[read.Message.Sequence] = read;
    }

    private bool TryAdd(in OutboundMessage message, uint queuedAt, ushort packetIdentifier, bool isUnread)
    {
        if (isUnread && Items.Count == 0) FirstUnread = message.Sequence;
        var bytes = message.Publication?.SizeBytes ?? 0;
        if (isUnread || (Items.Count > 0 && _bytes + bytes > MostBytes)) return false;
        _bytes += bytes;
        Items.Add(ToItem(message, queuedAt, packetIdentifier));
        return true;
    }

    private QueuedMessage ToItem(in OutboundMessage message, uint queuedAt, ushort packetIdentifier)
    {
        var item = new QueuedMessage
        {
            Sequence = message.Sequence,
            QoS = (byte)message.QoS,
            Retain = message.Retain,
            QueuedAt = queuedAt * MillisecondsPerSecond,
            PacketIdentifier = packetIdentifier,
        };
        if (message.Publication is not { } publication) return item;
        return item with
        {
            Topic = Encoding.UTF8.GetString(publication.Topic),
            PayloadBytes = publication.PayloadLength,
            ExpiresAt = publication.ExpiresAtMilliseconds == Publication.NeverExpires ? 0 : clock.ToUtcMilliseconds(publication.ExpiresAtMilliseconds),
            Publisher = publication.PublisherClientId,
            Payload = withPayloads ? publication.Payload.ToArray() : null,
        };
    }
}
