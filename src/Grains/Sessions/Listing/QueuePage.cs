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

    /// <summary>No message follows.</summary>
    public bool IsEnd { get; private set; } = true;

    /// <summary>The first that was not read, as it is too large together with those before it; 0 for none.</summary>
    public long FirstUnread { get; private set; }

    public long MaxPayloadBytes { get; init; } = MostBytes;

    /// <summary>Of a session that is in memory: those behind the limit only say that there are more.</summary>
    public void Add(IReadOnlyList<QueueEntry> waiting, bool isConnected)
    {
        foreach (var message in waiting)
        {
            var isRead = _stored.TryGetValue(message.Message.Sequence, out var stored);
            // What has been taken since is not there any more.
            if (message.IsInJournal && !isRead) continue;
            var source = message.IsInJournal ? stored.Message : message.Message;
            if (!TryAdd(source, stored.QueuedAtUtcSecond, isConnected ? message.PacketIdentifier : (ushort)0, isUnread: message.IsInJournal && source.Publication is null)) return;
        }
    }

    /// <summary>Of a session that is in the store alone: all that was read, in order.</summary>
    public void AddStored()
    {
        foreach (var stored in _stored.Values.OrderBy(static stored => stored.Message.Sequence))
        {
            if (!TryAdd(stored.Message, stored.QueuedAtUtcSecond, packetIdentifier: 0, isUnread: stored.Message.Publication is null)) return;
        }
    }

    public void Replay(in JournalRecord record)
    {
        if (JournaledMessage.TryRead(record, clock, out var read)) _stored[read.Message.Sequence] = read;
    }

    private bool TryAdd(in OutboundMessage message, uint queuedAt, ushort packetIdentifier, bool isUnread)
    {
        var bytes = message.Publication?.SizeBytes ?? 0;
        if (Items.Count == limit || isUnread || (Items.Count > 0 && _bytes + bytes > MostBytes))
        {
            IsEnd = false;
            if (isUnread && Items.Count == 0) FirstUnread = message.Sequence;
            return false;
        }

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
