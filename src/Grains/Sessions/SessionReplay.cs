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
    /// <summary>As many subscriptions as a session may have and overlap: a damaged count must not allocate more.</summary>
    private const uint MaxIdentifiers = 65_536;

    private readonly SortedDictionary<long, (OutboundMessage Message, ushort PacketIdentifier)> _messages = [];
    private readonly Dictionary<long, (ushort PacketIdentifier, bool Released)> _identifiers = [];
    private readonly SortedDictionary<long, (ushort PacketIdentifier, bool Released)> _inbound = [];
    private readonly SortedDictionary<long, Publication> _forwards = [];
    private readonly SortedDictionary<uint, Subscription> _subscriptions = [];
    private readonly List<(long Incarnation, long Sequence)> _seen = [];
    private WillMessage? _will;

    /// <summary>Null when the journal holds no session.</summary>
    public SessionHeader? Header { get; private set; }

    /// <summary>Subscriptions that had ended and whose routes were not all confirmed as removed.</summary>
    public IReadOnlyList<Subscription> Removing => [.. _subscriptions.Values.Where(static item => item.State == SubscriptionState.Removing)];

    /// <summary>Subscriptions whose SUBACK may not have left: their routes are registered again.</summary>
    public IReadOnlyList<Subscription> Pending => [.. _subscriptions.Values.Where(static item => item.State == SubscriptionState.Pending)];

    public void Replay(in JournalRecord record)
    {
        if (record.Key.Length == 0) return;
        var fields = new RecordFields(record.Value);
        switch (record.Key[0])
        {
            case SessionJournal.HeaderKind:
                Header = ReadHeader(ref fields);
                break;
            case SessionJournal.WillKind:
                _will = ReadWill(ref fields, record.Payload);
                break;
            case SessionJournal.SeenKind:
                if (record.Key.Length == SessionJournal.SeenKeyBytes) _seen.Add((BinaryPrimitives.ReadInt64LittleEndian(record.Key[1..]), BinaryPrimitives.ReadInt64LittleEndian(record.Key[SessionJournal.KeyBytes..])));
                break;
            default:
                if (record.Key.Length == SessionJournal.KeyBytes) ReadNumbered(record, BinaryPrimitives.ReadInt64LittleEndian(record.Key[1..]), ref fields);
                break;
        }
    }

    public void Restore(Session session, ISessionJournal journal)
    {
        session.Restore(Header!.Value, journal, clock.NowMilliseconds);
        if (_will is not null) session.RestoreWill(_will);
        foreach (var subscription in _subscriptions.Values)
        {
            if (subscription.State == SubscriptionState.Removing) session.RestoreEnded(subscription);
            else session.RestoreSubscription(subscription);
        }

        foreach (var (sequence, (message, packetIdentifier)) in _messages)
        {
            if (_identifiers.TryGetValue(sequence, out var given)) session.RestoreInflight(message, given.PacketIdentifier, given.Released);
            else if (packetIdentifier != 0) session.RestoreInflight(message, packetIdentifier, released: false);
            else session.RestoreQueued(message);
        }

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

    /// <summary>What a crash between two records left behind.</summary>
    private void RemoveHalves(ISessionJournal journal)
    {
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
                ReadSubscription(ref fields);
                break;
            case SessionJournal.MessageKind:
                ReadMessage(ref fields, number, record.Payload);
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

    private void ReadSubscription(ref RecordFields fields)
    {
        var isFilter = RecordedFilter.TryRead(ref fields, out var filter);
        var version = fields.UInt32();
        var state = (SubscriptionState)fields.Byte();
        var qos = (QoS)fields.Byte();
        var noLocal = fields.Bool();
        var retainAsPublished = fields.Bool();
        var retainHandling = (RetainHandling)fields.Byte();
        if (!isFilter || version == 0 || qos > QoS.ExactlyOnce || state > SubscriptionState.Removing) return;
        var options = new SubscriptionOptions(qos, noLocal, retainAsPublished, retainHandling, fields.UInt32());
        // A pending one may have been about to replace another, which routes still bring.
        var replaced = state != SubscriptionState.Pending ? null : _subscriptions.Values.FirstOrDefault(
            item => item.Filter.Text == filter!.Text && item.State != SubscriptionState.Removing && item.Version < version);
        _subscriptions[version] = new Subscription(filter!, options, version, replaced?.Version ?? 0) { State = state };
    }

    private static WillMessage? ReadWill(ref RecordFields fields, ImmutableArray<byte> payload)
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

    private void ReadMessage(ref RecordFields fields, long sequence, ImmutableArray<byte> payload)
    {
        var packetIdentifier = fields.UInt16();
        var qos = (QoS)fields.Byte();
        var retain = fields.Bool();
        var identifiers = new uint[Math.Min(fields.UInt32(), MaxIdentifiers)];
        for (var i = 0; i < identifiers.Length; i++) identifiers[i] = fields.UInt32();
        if (MessageFields.Read(ref fields, payload, clock) is not { } publication || qos is not (QoS.AtLeastOnce or QoS.ExactlyOnce)) return;
        var message = new OutboundMessage
        {
            Publication = publication,
            Sequence = sequence,
            QoS = qos,
            Retain = retain,
            SubscriptionIdentifiers = identifiers.Length == 0 ? null : identifiers,
            Record = Journal.Stored,
            Origin = qos == QoS.ExactlyOnce ? publication.Origin : null,
        };
        _messages[sequence] = (message, packetIdentifier);
    }
}
