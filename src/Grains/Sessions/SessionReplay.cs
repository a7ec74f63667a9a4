using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Records;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// Brings a session back from its journal: collects the records, then restores in the order of sequences. A record that says nothing
/// sensible (of another version, damaged) is left out; it never throws.
/// </summary>
internal sealed class SessionReplay(BrokerClock clock) : IJournalReplay
{
    /// <summary>Of the messages that are loaded with a session: the oldest. The others stay in the journal, some bytes of each here until they stand in pages.</summary>
    private const long LoadedBytes = 256 * 1024;

    private readonly SortedDictionary<long, JournaledMessage> _messages = [];
    private readonly List<UnloadedMessage> _stored = [];
    private readonly List<byte[]> _unread = [];
    private bool _readsAll;
    private readonly Dictionary<long, (ushort PacketIdentifier, bool Released)> _identifiers = [];
    private readonly SortedDictionary<long, (ushort PacketIdentifier, bool Released)> _inbound = [];
    private readonly SortedDictionary<long, Publication> _forwards = [];
    private readonly SortedDictionary<uint, Subscription> _subscriptions = [];
    private readonly List<(long Incarnation, long Sequence)> _seen = [];
    private StoredDrops? _drops;
    private WillMessage? _will;

    /// <summary>Null when the journal holds no session.</summary>
    public SessionHeader? Header { get; private set; }

    /// <summary>Subscriptions that had ended and whose routes were not all confirmed as removed.</summary>
    public IReadOnlyList<Subscription> Removing => [.. _subscriptions.Values.Where(static item => item.State == SubscriptionState.Removing)];

    /// <summary>Subscriptions whose SUBACK may not have left: their routes are registered again.</summary>
    public IReadOnlyList<Subscription> Pending => [.. _subscriptions.Values.Where(static item => item.State == SubscriptionState.Pending)];

    /// <summary>Records whose payload is needed whatever the queue's length, and was beyond the budget.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Unread =>
    [
        .. _unread.Select(static key => (ReadOnlyMemory<byte>)key),
        .. _stored.Where(message => message.IsInflight || _identifiers.ContainsKey(message.Sequence)).Select(static message => (ReadOnlyMemory<byte>)SessionJournal.MessageKey(message.Sequence)),
    ];

    public long MaxPayloadBytes => _readsAll ? long.MaxValue : LoadedBytes;

    /// <summary>What comes now was <see cref="Unread"/>.</summary>
    public SessionReplay ReadUnread()
    {
        _readsAll = true;
        _unread.Clear();
        _stored.RemoveAll(message => message.IsInflight || _identifiers.ContainsKey(message.Sequence));
        return this;
    }

    public void Replay(in JournalRecord record)
    {
        if (record.Key.Length == 0) return;
        if (record is { HasPayload: true, Payload.IsDefault: true } && record.Key[0] != SessionJournal.MessageKind)
        {
            _unread.Add(record.Key.ToArray());
            return;
        }

        var fields = new RecordFields(record.Value);
        switch (record.Key[0])
        {
            case SessionJournal.HeaderKind:
                Header = ReadHeader(ref fields);
                break;
            case SessionJournal.WillKind:
                _will = ReadWill(ref fields, record.Payload);
                break;
            case SessionJournal.DropsKind:
                _drops = StoredDrops.Read(record.Value);
                break;
            case SessionJournal.SeenKind:
                if (record.Key.Length == SessionJournal.SeenKeyBytes) _seen.Add((BinaryPrimitives.ReadInt64BigEndian(record.Key[1..]), BinaryPrimitives.ReadInt64BigEndian(record.Key[SessionJournal.KeyBytes..])));
                break;
            default:
                if (record.Key.Length == SessionJournal.KeyBytes) ReadNumbered(record, BinaryPrimitives.ReadInt64BigEndian(record.Key[1..]), ref fields);
                break;
        }
    }

    /// <param name="awaitedUntilMilliseconds">As in <see cref="Session.Restore"/>.</param>
    public void Restore(Session session, ISessionJournal journal, long awaitedUntilMilliseconds = Session.Never)
    {
        session.Restore(Header!.Value, journal, clock.NowMilliseconds, awaitedUntilMilliseconds);
        if (_will is not null) session.RestoreWill(_will);
        if (_drops?.Incarnation == session.Incarnation) _drops.Restore(session);
        foreach (var subscription in _subscriptions.Values)
        {
            if (subscription.State == SubscriptionState.Removing) session.RestoreEnded(subscription);
            else session.RestoreSubscription(subscription);
        }

        RestoreMessages(session, journal.MaxLoadedMessages);
        foreach (var (incarnation, sequence) in _seen) session.RestoreSeen(incarnation, sequence);
        foreach (var (sequence, (packetIdentifier, released)) in _inbound)
        {
            if (!released) session.RestoreInbound(packetIdentifier, sequence);
        }

        foreach (var (sequence, publication) in _forwards)
        {
            if (_inbound.TryGetValue(sequence, out var given)) session.RestoreForward(publication, given.PacketIdentifier, sequence);
        }

        RemoveHalves(journal);
    }

    /// <summary>The oldest of the queue, and all that have identifiers; of the others that they are there.</summary>
    private void RestoreMessages(Session session, int maxLoaded)
    {
        var queued = 0;
        foreach (var (sequence, read) in _messages)
        {
            if (_identifiers.TryGetValue(sequence, out var given)) session.RestoreInflight(read.Message, given.PacketIdentifier, given.Released);
            else if (read.PacketIdentifier != 0) session.RestoreInflight(read.Message, read.PacketIdentifier, released: false);
            else if (queued++ < maxLoaded && (_stored.Count == 0 || sequence < _stored[0].Sequence)) session.RestoreQueued(read.Message);
            else _stored.Add(new UnloadedMessage(sequence, read));
        }

        _stored.Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        foreach (var message in _stored) session.RestoreStored(message.Sequence, message.Bytes, message.QoS, message.Origin);
    }

    /// <summary>What a crash between two records left behind.</summary>
    private void RemoveHalves(ISessionJournal journal)
    {
        // A message with an identifier is never left in the journal alone: it is among those that were read whatever the queue's length.
        foreach (var sequence in _identifiers.Keys.Where(sequence => !_messages.ContainsKey(sequence)))
        {
            journal.RemoveMessage(sequence, Journal.Stored, Journal.Stored);
        }

        foreach (var sequence in _forwards.Keys.Where(sequence => !_inbound.ContainsKey(sequence))) journal.RemoveInboundMessage(sequence);
        foreach (var (sequence, (_, released)) in _inbound)
        {
            if (released && !_forwards.ContainsKey(sequence)) journal.RemoveInbound(sequence);
        }
    }

    private void ReadNumbered(in JournalRecord record, long number, ref RecordFields fields)
    {
        switch (record.Key[0])
        {
            case SessionJournal.SubscriptionKind:
                ReadSubscription(record);
                break;
            case SessionJournal.MessageKind:
                ReadMessage(record);
                break;
            case SessionJournal.IdentifierKind:
                if (fields.UInt16() is var given and not 0) _identifiers[number] = (given, fields.Bool());
                break;
            case SessionJournal.InboundKind:
                if (fields.UInt16() is var inbound and not 0) _inbound[number] = (inbound, fields.Bool());
                break;
            case SessionJournal.ForwardKind:
                if (MessageFields.Read(ref fields, record.Payload, clock) is { } message) _forwards[number] = message;
                break;
        }
    }

    /// <summary>Null when the record says nothing sensible.</summary>
    internal static Subscription? ReadSubscription(ReadOnlySpan<byte> value)
    {
        var fields = new RecordFields(value);
        var isFilter = RecordedFilter.TryRead(ref fields, out var filter);
        var version = fields.UInt32();
        var state = (SubscriptionState)fields.Byte();
        var qos = (QoS)fields.Byte();
        var noLocal = fields.Bool();
        var retainAsPublished = fields.Bool();
        var retainHandling = (RetainHandling)fields.Byte();
        if (!isFilter || version == 0 || qos > QoS.ExactlyOnce || state > SubscriptionState.Removing) return null;
        var options = new SubscriptionOptions(qos, noLocal, retainAsPublished, retainHandling, fields.UInt32());
        return new Subscription(filter!, options, version, replacedVersion: 0) { State = state };
    }

    private void ReadSubscription(in JournalRecord record)
    {
        if (ReadSubscription(record.Value) is not { } read) return;
        // A pending one may have been about to replace another, which routes still bring.
        var replaced = read.State != SubscriptionState.Pending ? null : _subscriptions.Values.FirstOrDefault(
            item => item.Filter.Text == read.Filter.Text && item.State != SubscriptionState.Removing && item.Version < read.Version);
        _subscriptions[read.Version] = replaced is null ? read : new Subscription(read.Filter, read.Options, read.Version, replaced.Version) { State = read.State };
    }

    internal static WillMessage? ReadWill(ref RecordFields fields, ImmutableArray<byte> payload)
    {
        var topicLength = fields.UInt32();
        var propertiesLength = fields.UInt32();
        var qos = (QoS)fields.Byte();
        var retain = fields.Bool();
        var delay = fields.UInt32();
        var expires = fields.Bool();
        var expiry = fields.UInt32();
        if (payload.IsDefault || topicLength == 0 || qos > QoS.ExactlyOnce || (long)topicLength + propertiesLength > payload.Length) return null;
        return new WillMessage(ImmutableCollectionsMarshal.AsArray(payload)!, (int)topicLength, (int)propertiesLength, qos, retain, delay, expires ? expiry : null);
    }

    private SessionHeader? ReadHeader(ref RecordFields fields)
    {
        var incarnation = fields.Int64();
        var epoch = fields.Int64();
        var version = (ProtocolVersion)fields.Byte();
        var expiry = fields.UInt32();
        var disconnectedAt = fields.Int64();
        if (incarnation == 0) return null;
        return new SessionHeader(incarnation, epoch, version, expiry, fields.Text(), disconnectedAt == 0 ? null : clock.FromUtcMilliseconds(disconnectedAt));
    }

    private void ReadMessage(in JournalRecord record)
    {
        if (!JournaledMessage.TryRead(record, clock, out var read)) return;
        if (read.Message.Publication is null) _stored.Add(new UnloadedMessage(read.Message.Sequence, read));
        else _messages[read.Message.Sequence] = read;
    }

    /// <summary>A message that stays in the journal.</summary>
    private readonly record struct UnloadedMessage(long Sequence, int Bytes, QoS QoS, MessageOrigin? Origin, bool IsInflight)
    {
        public UnloadedMessage(long sequence, in JournaledMessage read)
            : this(sequence, read.Bytes, read.Message.QoS, read.Message.Origin, read.PacketIdentifier != 0)
        {
        }
    }
}
