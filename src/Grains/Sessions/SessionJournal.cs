using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Records;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Encodes a session's changes. A key is the record's kind, then its number where there are several: big-endian, so that stores which sort keys have a queue in its order.</summary>
/// <param name="node">The gateway of the session's connection until <see cref="Gateway"/> says another.</param>
/// <param name="found">What the journal was opened with.</param>
/// <param name="maxLoadedMessages">As in <see cref="MaxLoadedMessages"/>.</param>
internal sealed class SessionJournal(Journal journal, BrokerClock clock, string node, JournalOpening found = default, int maxLoadedMessages = int.MaxValue) : ISessionJournal
{
    internal const byte HeaderKind = (byte)'h';
    internal const byte SubscriptionKind = (byte)'s';
    internal const byte WillKind = (byte)'w';
    internal const byte MessageKind = (byte)'m';
    internal const byte IdentifierKind = (byte)'i';
    internal const byte InboundKind = (byte)'p';
    internal const byte ForwardKind = (byte)'f';
    internal const byte SeenKind = (byte)'x';
    internal const byte DropsKind = (byte)'d';

    private const int ScratchBytes = 256;

    public Journal Journal { get; } = journal;

    public int MaxLoadedMessages => maxLoadedMessages;

    /// <summary>What the session is attached to while it is connected: the gateway's address, unique for each process. Under the session's monitor.</summary>
    public string Gateway { get; set; } = node;

    /// <summary>Number of the newest header, of which what was recorded before is no later.</summary>
    public ulong LastHeader => _header;

    public static byte[] HeaderKey { get; } = [HeaderKind];

    public static byte[] WillKey { get; } = [WillKind];

    public static byte[] DropsKey { get; } = [DropsKind];

    public ulong PutHeader(in SessionHeader header)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.Int64(header.Incarnation);
        writer.Int64(header.Epoch);
        writer.Byte((byte)header.Version);
        writer.UInt32(header.ExpiryIntervalSeconds);
        writer.Int64(header.DisconnectedAtMilliseconds is { } at ? clock.ToUtcMilliseconds(at) : 0);
        writer.Text(header.UserName);
        return _header = Journal.Put(HeaderKey, writer.Written);
    }

    public ulong PutIndexes(bool isAttached, long dueMilliseconds)
    {
        var due = dueMilliseconds == Session.Never ? 0 : UtcSecondOf(dueMilliseconds);
        var owner = isAttached ? Gateway : null;
        var number = Journal.Stored;
        // The due one first: between the two the session is found twice rather than never.
        if (due != _due) number = Journal.SetDue(_due = due);
        if (owner != _attachedTo) number = Journal.SetAttached(_attachedTo = owner);
        return number == Journal.Stored ? _header : number;
    }

    public ulong PutSubscription(Subscription subscription)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.Text(subscription.Filter.Text);
        writer.UInt32(subscription.Version);
        writer.Byte((byte)subscription.State);
        writer.Byte((byte)subscription.Options.QoS);
        writer.Bool(subscription.Options.NoLocal);
        writer.Bool(subscription.Options.RetainAsPublished);
        writer.Byte((byte)subscription.Options.RetainHandling);
        writer.UInt32(subscription.Options.Identifier);
        writer.Bool(subscription.Renews);
        return Journal.Put(Key(SubscriptionKind, subscription.Version, stackalloc byte[KeyBytes]), writer.Written);
    }

    public ulong RemoveSubscription(uint version) => Journal.Remove(Key(SubscriptionKind, version, stackalloc byte[KeyBytes]));

    public ulong PutWill(WillMessage will)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.UInt32((uint)will.TopicLength);
        writer.UInt32((uint)will.PropertiesLength);
        writer.Byte((byte)will.QoS);
        writer.Bool(will.Retain);
        writer.UInt32(will.DelaySeconds);
        writer.Bool(will.ExpirySeconds is not null);
        writer.UInt32(will.ExpirySeconds ?? 0);
        return Journal.Put([WillKind], writer.Written, Journal.Stored, ImmutableCollectionsMarshal.AsImmutableArray(will.Body));
    }

    public ulong RemoveWill() => Journal.Remove([WillKind]);

    public ulong PutMessage(in OutboundMessage message, ushort packetIdentifier)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.UInt16(packetIdentifier);
        writer.Byte((byte)message.QoS);
        writer.Bool(message.Retain);
        var identifiers = message.SubscriptionIdentifiers ?? [];
        writer.UInt32((uint)identifiers.Length);
        foreach (var identifier in identifiers) writer.UInt32(identifier);
        MessageFields.Write(ref writer, message.Publication!, clock);
        writer.Short((uint)message.Publication!.SizeBytes); // its place in the queue is known without its payload
        writer.ShortText(message.Shared?.Text ?? "");
        writer.Short(NowUtcSecond);
        return Journal.Put(
            Key(MessageKind, message.Sequence, stackalloc byte[KeyBytes]), writer.Written, Journal.Fresh, message.Publication!.Body);
    }

    public ulong PutIdentifier(long sequence, ushort packetIdentifier, bool released)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.UInt16(packetIdentifier);
        writer.Bool(released);
        return Journal.Put(Key(IdentifierKind, sequence, stackalloc byte[KeyBytes]), writer.Written);
    }

    public ulong RemoveMessage(long sequence, ulong record, ulong identifierRecord)
    {
        var number = Journal.Remove(Key(MessageKind, sequence, stackalloc byte[KeyBytes]), record);
        return identifierRecord == 0 ? number : Journal.Remove(Key(IdentifierKind, sequence, stackalloc byte[KeyBytes]), identifierRecord);
    }

    public ulong PutInbound(ushort packetIdentifier, long sequence, Publication publication)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        MessageFields.Write(ref writer, publication, clock);
        Journal.Put(Key(ForwardKind, sequence, stackalloc byte[KeyBytes]), writer.Written, Journal.Fresh, publication.Body);
        return PutInbound(packetIdentifier, sequence, isReleased: false, Journal.Fresh);
    }

    public ulong ReleaseInbound(ushort packetIdentifier, long sequence) => PutInbound(packetIdentifier, sequence, isReleased: true, Journal.Stored);

    public ulong RemoveInboundMessage(long sequence) => Journal.Remove(Key(ForwardKind, sequence, stackalloc byte[KeyBytes]));

    public ulong RemoveInbound(long sequence) => Journal.Remove(Key(InboundKind, sequence, stackalloc byte[KeyBytes]));

    public ulong PutSeen(long incarnation, long sequence) => Journal.Put(SeenKey(incarnation, sequence, stackalloc byte[SeenKeyBytes]), [], Journal.Fresh);

    public ulong RemoveSeen(long incarnation, long sequence, ulong record) =>
        Journal.Remove(SeenKey(incarnation, sequence, stackalloc byte[SeenKeyBytes]), record);

    public ulong PutDrops(long incarnation, SessionDrops drops)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.Int64(incarnation);
        foreach (var (reason, count) in drops.Counted())
        {
            // A count that has no room in it has lost its meaning.
            writer.Byte((byte)(reason + 1));
            writer.Short((uint)Math.Min(count, uint.MaxValue));
        }

        return Journal.Put(DropsKey, writer.Written);
    }

    internal const int KeyBytes = 1 + sizeof(long);
    internal const int SeenKeyBytes = 1 + (2 * sizeof(long));

    private const int MillisecondsPerSecond = 1000;

    private long _due = found.DueUtcSecond;
    private string? _attachedTo = found.AttachedOwner;
    private ulong _header = Journal.Stored;

    /// <summary>The first second at which it is due, never too early, and 1 at least: 0 is none.</summary>
    private long UtcSecondOf(long milliseconds) => Math.Max(1, (clock.ToUtcMilliseconds(milliseconds) + MillisecondsPerSecond - 1) / MillisecondsPerSecond);

    /// <summary>Of 32 bits, until the year 2106.</summary>
    private uint NowUtcSecond => (uint)clock.TimeProvider.GetUtcNow().ToUnixTimeSeconds();

    private ulong PutInbound(ushort packetIdentifier, long sequence, bool isReleased, ulong previous)
    {
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.UInt16(packetIdentifier);
        writer.Bool(isReleased);
        return Journal.Put(Key(InboundKind, sequence, stackalloc byte[KeyBytes]), writer.Written, previous);
    }

    internal static byte[] MessageKey(long sequence) => Key(MessageKind, sequence, new byte[KeyBytes]).ToArray();

    private static ReadOnlySpan<byte> SeenKey(long incarnation, long sequence, Span<byte> key)
    {
        Key(SeenKind, incarnation, key);
        BinaryPrimitives.WriteInt64BigEndian(key[KeyBytes..], sequence);
        return key;
    }

    private static ReadOnlySpan<byte> Key(byte kind, long number, Span<byte> key)
    {
        key[0] = kind;
        BinaryPrimitives.WriteInt64BigEndian(key[1..], number);
        return key;
    }
}
