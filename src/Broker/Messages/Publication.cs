using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Messages;

/// <summary>
/// One application message on its way through the broker. Topic, forwarded properties and payload stand in one
/// array that every delivery, queue and retained message shares; it is never written after construction.
/// It may be lent by the publisher for the call that hands the publication to its shard, as most messages are in their receivers' outputs
/// when that returns: whoever reads the bytes later calls <see cref="Keep"/> within the call, and so does <see cref="Body"/>.
/// Also counts the parts that are not settled: one per receiver, one of the shard itself.
/// </summary>
public sealed class Publication
{
    /// <summary>Value of <see cref="ExpiresAtMilliseconds"/> for a message without Message Expiry Interval.</summary>
    public const long NeverExpires = long.MaxValue;

    /// <summary>The bits of <see cref="_parts"/> below it: one for each <see cref="PartOutcome"/> that has been.</summary>
    private const int OutcomeBits = 4;

    private const int OnePart = 1 << OutcomeBits;

    /// <summary>How a publication is settled of which a part is <see cref="PartOutcome.NotStored"/>: it may be handed on again. Its publisher is told what PUBACK and PUBREC have for it, see <see cref="ToAck"/>.</summary>
    public const ReasonCode NotStored = ReasonCode.ServerUnavailable;

    /// <summary>An MQTT packet has fewer bytes than 2^28: a message's size leaves four bits, for what would make each publication 8 bytes larger.</summary>
    private const int SizeBits = 28;

    private const uint SizeMask = (1u << SizeBits) - 1;
    private const uint RetainFlag = 1u << (SizeBits + 2);
    private const uint LentFlag = 1u << (SizeBits + 3);

    private readonly int _propertiesLength;
    private readonly ushort _topicLength;
    private byte[] _body;
    private uint _sizeAndFlags;
    private IPublisher? _publisher;

    /// <summary>What few messages have: a <see cref="MessageOrigin"/> or a <see cref="ReturnedMessage"/>, in one field, as each field makes every publication 8 bytes larger.</summary>
    private object? _rare;

    /// <summary>How many parts are open, above the outcomes of those that are settled: a fan-out to as many as 2^27 receivers.</summary>
    private int _parts;

    /// <param name="body">Topic, then forwarded properties, then payload; owned by the publication from now on.</param>
    /// <param name="topicLength">Bytes of the topic name (UTF-8), 1 to 65,535.</param>
    /// <param name="propertiesLength">Bytes of the forwarded properties as encoded in MQTT 5.0, without length.</param>
    public Publication(byte[] body, int topicLength, int propertiesLength, QoS qos, bool retain, string publisherClientId)
        : this(body, body.Length, topicLength, propertiesLength, qos, retain, publisherClientId)
    {
    }

    /// <param name="body">Begins with topic, forwarded properties and payload; see <see cref="IsLent"/>.</param>
    /// <param name="size">Bytes of the three.</param>
    /// <param name="topicLength">Bytes of the topic name (UTF-8), 1 to 65,535.</param>
    /// <param name="propertiesLength">Bytes of the forwarded properties as encoded in MQTT 5.0, without length.</param>
    public Publication(byte[] body, int size, int topicLength, int propertiesLength, QoS qos, bool retain, string publisherClientId)
    {
        _body = body;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)size, SizeMask);
        _sizeAndFlags = (uint)size | ((uint)qos << SizeBits) | (retain ? RetainFlag : 0);
        _topicLength = (ushort)topicLength;
        _propertiesLength = propertiesLength;
        PublisherClientId = publisherClientId;
    }

    /// <summary>The quality of service that the publisher chose; a delivery may be lower.</summary>
    public QoS QoS => (QoS)((_sizeAndFlags >> SizeBits) & 3);

    /// <summary>The RETAIN flag as published.</summary>
    public bool Retain => (_sizeAndFlags & RetainFlag) != 0;

    /// <summary>Client id of the publisher, for No Local [MQTT5-3.8.3-3]; empty for the broker itself.</summary>
    public string PublisherClientId { get; }

    /// <summary>Packet identifier at the publisher; 0 for QoS 0 and for the broker's own messages.</summary>
    public ushort PacketIdentifier { get; init; }

    /// <summary>Monotonic milliseconds at which the message expires, or <see cref="NeverExpires"/>.</summary>
    public long ExpiresAtMilliseconds { get; init; } = NeverExpires;

    /// <summary>The body is the publisher's and written again after <see cref="EndLoan"/>.</summary>
    public bool IsLent
    {
        get => (_sizeAndFlags & LentFlag) != 0;
        init => _sizeAndFlags = value ? _sizeAndFlags | LentFlag : _sizeAndFlags & ~LentFlag;
    }

    /// <summary>A number that whoever created the publication may use to find it again (remote hand-over).</summary>
    public long Token { get; init; }

    /// <summary>See <see cref="IPublisher.Source"/>; null once nobody waits any more.</summary>
    public object? Source => Volatile.Read(ref _publisher)?.Source;

    /// <summary>What receivers at QoS 2 know it by when it comes again; null when it cannot. Set before it is handed to its shard.</summary>
    public MessageOrigin? Origin
    {
        get => _rare is null ? null : _rare as MessageOrigin ?? ((ReturnedMessage)_rare).Origin;
        set => _rare = _rare is ReturnedMessage returned ? returned with { Origin = value } : value;
    }

    /// <summary>The shared subscription to whose group a member gives the message back, and to which alone it goes; null for what was published.</summary>
    public TopicFilter? ReturnedTo
    {
        get => (_rare as ReturnedMessage)?.To;
        init => _rare = value is null ? Origin : new ReturnedMessage(value, Origin);
    }

    /// <summary>Topic, properties and payload in one; never written.</summary>
    public ImmutableArray<byte> Body
    {
        get
        {
            Keep();
            return ImmutableCollectionsMarshal.AsImmutableArray(_body);
        }
    }

    public int TopicLength => _topicLength;

    public int PropertiesLength => _propertiesLength;

    public ReadOnlySpan<byte> Topic => _body.AsSpan(0, _topicLength);

    public ReadOnlySpan<byte> ForwardedProperties => _body.AsSpan(_topicLength, _propertiesLength);

    public ReadOnlySpan<byte> Payload => _body.AsSpan(_topicLength + _propertiesLength, PayloadLength);

    public int PayloadLength => SizeBytes - _topicLength - _propertiesLength;

    /// <summary>Bytes that a queue counts for this message.</summary>
    public int SizeBytes => (int)(_sizeAndFlags & SizeMask);

    public bool IsExpired(long nowMilliseconds) => ExpiresAtMilliseconds <= nowMilliseconds;

    /// <summary>The bytes are its own from now on. Called by the thread that has the loan, before anything else can come to the publication.</summary>
    public Publication Keep()
    {
        if (!IsLent) return this;
        var own = GC.AllocateUninitializedArray<byte>(SizeBytes);
        _body.AsSpan(0, SizeBytes).CopyTo(own);
        _body = own;
        _sizeAndFlags &= ~LentFlag;
        return this;
    }

    /// <summary>The lender takes its array back: bytes that nobody kept cannot be read any more, which is a fault rather than another message's bytes.</summary>
    public void EndLoan()
    {
        if (IsLent) _body = [];
        _sizeAndFlags &= ~LentFlag;
    }

    /// <summary>
    /// Names who is told when all is settled and opens the first part, which belongs to the shard. Call once,
    /// before the publication is handed to a shard. For QoS 0 the publisher is told only after <see cref="Defer"/>.
    /// </summary>
    public Publication PublishedBy(IPublisher publisher)
    {
        _publisher = publisher;
        _parts = QoS == QoS.AtMostOnce ? 0 : OnePart;
        return this;
    }

    /// <summary>Null when nobody is to be told, or has been told.</summary>
    public IPublisher? Publisher => _publisher;

    /// <summary>True while somebody waits for this publication to be done.</summary>
    public bool IsAwaited => Volatile.Read(ref _parts) >= OnePart;

    /// <summary>The shard keeps the publication in its inbox: admission counts it from now until it is settled.</summary>
    public void Defer()
    {
        Keep();
        var publisher = _publisher;
        if (publisher is null) return;
        if (QoS == QoS.AtMostOnce) Interlocked.Exchange(ref _parts, OnePart);
        publisher.Deferred(this);
    }

    /// <summary>The same message as a publication of its own, with nobody waiting yet.</summary>
    /// <param name="returnedTo">See <see cref="ReturnedTo"/>.</param>
    public Publication Again(TopicFilter? returnedTo = null) => new(ImmutableCollectionsMarshal.AsArray(Body)!, _topicLength, _propertiesLength, QoS, Retain, PublisherClientId)
    {
        ExpiresAtMilliseconds = ExpiresAtMilliseconds,
        ReturnedTo = returnedTo,
    };

    /// <summary>The same message under another number, with nobody waiting yet; shares the bytes.</summary>
    public Publication For(long token) => new(ImmutableCollectionsMarshal.AsArray(Body)!, _topicLength, _propertiesLength, QoS, Retain, PublisherClientId)
    {
        ExpiresAtMilliseconds = ExpiresAtMilliseconds,
        PacketIdentifier = PacketIdentifier,
        _rare = _rare,
        Token = token,
    };

    /// <summary>Opens one more part; only while another part is open (the shard's own).</summary>
    public void AddPart()
    {
        if (IsAwaited) Interlocked.Add(ref _parts, OnePart);
    }

    /// <summary>Settles one part; the last one tells the publisher. Nothing when nobody waits.</summary>
    public void Settle(PartOutcome outcome)
    {
        if (!IsAwaited)
        {
            // A QoS 0 message may wait in a queue for long: it must not keep its publisher's connection in memory.
            _publisher = null;
            return;
        }

        // Most parts end as others did.
        if ((Volatile.Read(ref _parts) & (1 << (int)outcome)) == 0) Interlocked.Or(ref _parts, 1 << (int)outcome);
        var parts = Interlocked.Add(ref _parts, -OnePart);
        if (parts >= OnePart) return;
        var publisher = Interlocked.Exchange(ref _publisher, null);
        publisher?.Settled(this, SettledReason(parts));
    }

    /// <summary>The reason of a settled publication as a client hears it.</summary>
    public static ReasonCode ToAck(ReasonCode settled) => settled == NotStored ? ReasonCode.QuotaExceeded : settled;

    private static ReasonCode SettledReason(int outcomes)
    {
        // The worst outcome decides: what is not stored or refused must not look like success.
        if ((outcomes & (1 << (int)PartOutcome.NotStored)) != 0) return NotStored;
        if ((outcomes & (1 << (int)PartOutcome.Refused)) != 0) return ReasonCode.QuotaExceeded;
        if ((outcomes & (1 << (int)PartOutcome.Done)) != 0) return ReasonCode.Success;
        return ReasonCode.NoMatchingSubscribers;
    }

    private sealed record ReturnedMessage(TopicFilter To, MessageOrigin? Origin);
}
