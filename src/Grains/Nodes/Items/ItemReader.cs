using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// Reads a batch, item by item. What is cut short, of another version or nonsense is damaged from there on: it never throws and never reads beyond the end.
/// </summary>
internal ref struct ItemReader
{
    private readonly ReadOnlyMemory<byte> _batch;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly BatchMemory _memory;
    private readonly long _now;
    private Publication? _last;
    private int _at;

    /// <param name="memory">Of what has come before, in the same lane.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public ItemReader(ReadOnlyMemory<byte> batch, BatchMemory memory, long now)
    {
        _batch = batch;
        _bytes = batch.Span;
        _memory = memory;
        _now = now;
        if (!ItemFormats.Own.Has(Byte())) IsDamaged = true;
    }

    /// <summary>Bytes that are no items were met; nothing more is read.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>False at the end, and when <see cref="IsDamaged"/>.</summary>
    public bool TryRead(out NodeItem item)
    {
        item = default;
        if (IsDamaged || _at == _bytes.Length) return false;
        var kind = (NodeItemKind)Byte();
        var fields = (ItemField)Number();
        var clientId = Has(fields, ItemField.ClientId) ? Text() : "";
        var connection = SignedOf(fields, ItemField.ConnectionId);
        var token = (long)NumberOf(fields, ItemField.Token);
        item = new NodeItem
        {
            Kind = kind,
            ClientId = clientId,
            ConnectionId = connection,
            Token = token,
            PacketIdentifier = (ushort)NumberOf(fields, ItemField.PacketIdentifier),
            PacketType = ByteOf(fields, ItemField.PacketType),
            Reason = (ReasonCode)ByteOf(fields, ItemField.Reason),
            Message = ReadMessage(fields, token),
            MatchBytes = Has(fields, ItemField.Match) ? Slice() : default,
            QoS = ByteOf(fields, ItemField.QoS),
            Duplicate = Has(fields, ItemField.Duplicate),
            Retain = Has(fields, ItemField.Retain),
            SubscriptionIdentifiers = IdentifiersOf(fields, ItemField.SubscriptionIdentifiers),
            Reasons = Has(fields, ItemField.Reasons) ? ReadReasons() : null,
            SessionPresent = Has(fields, ItemField.SessionPresent),
            Number = (uint)NumberOf(fields, ItemField.Number),
            Milliseconds = SignedOf(fields, ItemField.Milliseconds),
            IsLastResort = Has(fields, ItemField.IsLastResort),
            PublishWill = Has(fields, ItemField.PublishWill),
            Source = Has(fields, ItemField.Source) ? ReadSource() : null,
            Sequence = SignedOf(fields, ItemField.Sequence),
            Incarnation = SignedOf(fields, ItemField.Incarnation),
            Epoch = SignedOf(fields, ItemField.Epoch),
            IsDurable = Has(fields, ItemField.IsDurable),
            Subscriptions = ReadSubscriptions(fields),
            Ended = IdentifiersOf(fields, ItemField.Ended),
            ServerReference = Has(fields, ItemField.ServerReference) ? Text() : null,
        };
        return !IsDamaged;
    }

    public byte Byte()
    {
        if (_at < _bytes.Length) return _bytes[_at++];
        IsDamaged = true;
        return 0;
    }

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        IsDamaged = true;
        return 0;
    }

    public long Signed() => Number() is var value && (value & 1) == 0 ? (long)(value >> 1) : ~(long)(value >> 1);

    public string Text() => _memory.Texts.Of(Bytes());

    public ReadOnlySpan<byte> Bytes() => Slice().Span;

    private static bool Has(ItemField fields, ItemField field) => (fields & field) != 0;

    private ulong NumberOf(ItemField fields, ItemField field) => Has(fields, field) ? Number() : 0;

    private long SignedOf(ItemField fields, ItemField field) => Has(fields, field) ? Signed() : 0;

    private byte ByteOf(ItemField fields, ItemField field) => Has(fields, field) ? Byte() : (byte)0;

    private uint[]? IdentifiersOf(ItemField fields, ItemField field) => Has(fields, field) ? ReadIdentifiers() : null;

    private SubscriptionRecord[]? ReadSubscriptions(ItemField fields)
    {
        if (!Has(fields, ItemField.Subscriptions)) return null;
        var subscriptions = WiredSubscription.Read(ref this, _bytes.Length - _at);
        if (subscriptions is null) IsDamaged = true;
        return subscriptions;
    }

    private ReadOnlyMemory<byte> Slice()
    {
        var length = Number();
        if (IsDamaged || length > (ulong)(_bytes.Length - _at))
        {
            IsDamaged = true;
            return default;
        }

        var slice = _batch.Slice(_at, (int)length);
        _at += (int)length;
        return slice;
    }

    private Publication? ReadMessage(ItemField fields, long token)
    {
        if (Has(fields, ItemField.Message)) _last = WiredMessage.Read(ref this, token, _now);
        else if (!Has(fields, ItemField.SameMessage)) return null;
        else _last = _last?.For(token);
        if (_last is null) IsDamaged = true;
        return _last;
    }

    private uint[] ReadIdentifiers()
    {
        var count = Number();
        if (count > (ulong)(_bytes.Length - _at)) IsDamaged = true; // each has a byte at least
        if (IsDamaged) return [];
        var identifiers = new uint[count];
        for (var i = 0; i < identifiers.Length; i++) identifiers[i] = (uint)Number();
        return identifiers;
    }

    private ReasonCode[] ReadReasons()
    {
        var bytes = Bytes();
        var reasons = new ReasonCode[bytes.Length];
        for (var i = 0; i < reasons.Length; i++) reasons[i] = (ReasonCode)bytes[i];
        return reasons;
    }

    private SiloAddress? ReadSource()
    {
        var bytes = Bytes();
        if (_memory.SiloOf(bytes) is { } known) return known;
        var source = WiredSilo.Read(bytes);
        if (source is null) IsDamaged = true;
        else _memory.Note(bytes, source);
        return source;
    }
}
