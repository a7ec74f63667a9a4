namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>
/// The second decoder: says of a client's bytes whether the standard has their first packet accepted, and what it contains. Written from the
/// standard's tables as plainly as can be, and slowly; shares nothing with <c>src/Mqtt</c>. It goes on after a fault as far as the packet
/// can be read, because a receiver may meet any of several faults first.
/// </summary>
internal sealed partial class ClientJudge
{
    private readonly Judgement _judgement = new();
    private readonly PropertySection _properties = new();
    private byte[] _bytes = [];

    /// <summary>Of the last CONNECT: the largest packet that the client accepts.</summary>
    public long ClientMaximumPacketSize { get; private set; } = uint.MaxValue;

    /// <summary>Of the last CONNECT.</summary>
    public int ClientTopicAliasMaximum { get; private set; }

    /// <param name="version">3, 4 or 5; 0 before CONNECT.</param>
    /// <param name="fields">Filled with the packet's values when it may be accepted.</param>
    public Verdict Judge(int version, byte[] bytes, int start, int end, int maximumPacketSize, FieldLog fields)
    {
        _bytes = bytes;
        _judgement.Begin(version);
        fields.Clear();
        var header = FixedHeaderRules.Read(_judgement, bytes, start, end, out var first, out var remaining, out var isPadded);
        if (remaining < 0)
            return Result(isWhole: false, length: 0);
        var length = header.At - start + remaining;
        if (length > maximumPacketSize)
            _judgement.Must(Faults.PacketTooLarge);
        if (_judgement.MustFaults != Faults.None || length > end - start)
            return Result(isWhole: length <= end - start, length);

        JudgeBody(first, new Cursor(bytes, header.At, start + length), isPadded, fields);
        return Result(isWhole: true, length);
    }

    private Verdict Result(bool isWhole, int length) => new(isWhole, length, _judgement.MustFaults, _judgement.MayFaults, _judgement.Version);

    private void JudgeBody(int first, Cursor body, bool isPadded, FieldLog fields)
    {
        fields.Number(Field.Type, first >> 4);
        switch (first >> 4)
        {
            case 1:
                Connect(body, isPadded, fields);
                break;
            case 3:
                Publish(first & 15, body, fields);
                break;
            case 4 or 5 or 6 or 7:
                Acknowledgement(first >> 4, body, fields);
                break;
            case 8:
                Subscribe(body, fields);
                break;
            case 10:
                Unsubscribe(body, fields);
                break;
            case 12:
                _judgement.End(body);
                break;
            case 14:
                Disconnect(body, fields);
                break;
            case 15:
                Auth(body, fields);
                break;
            default:
                _judgement.Must(Faults.Unclassed); // CONNACK, SUBACK, UNSUBACK, PINGRESP: from servers
                break;
        }
    }

    private void Publish(int flags, Cursor body, FieldLog fields)
    {
        var (isDup, qos, isRetained) = (flags >= 8, (flags >> 1) & 3, flags & 1);
        if (qos == 3)
            _judgement.Must(Faults.Malformed); // [MQTT5-3.3.1-4]
        if (isDup && qos == 0 && _judgement.Version >= 4)
            _judgement.Must(Faults.Unclassed); // [MQTT5-3.3.1-2]

        var topic = body.Counted();
        var identifier = qos > 0 ? _judgement.PacketIdentifier(ref body) : 0;
        _properties.Read(_judgement, ref body, _bytes, Place.Publish);
        var payload = body.Block(body.Left);
        _judgement.End(body);
        if (topic.Length == 0 && _judgement.Version == 5)
        {
            if (!_properties.Has(0x23))
                _judgement.Must(Faults.ProtocolError); // MQTT5 section 3.3.2.1
        }
        else
        {
            _judgement.CheckTopicName(topic.Span);
        }

        if (_properties.HasSubscriptionIdentifier)
            _judgement.Must(Faults.Unclassed); // [MQTT5-3.3.4-6]

        fields.Bytes(Field.Topic, topic.Span);
        fields.Number(Field.QoS, qos);
        fields.Number(Field.Dup, isDup && qos > 0 ? 1 : 0);
        fields.Number(Field.Retain, isRetained);
        fields.Number(Field.PacketIdentifier, identifier);
        _properties.LogNumber(fields, Field.PayloadFormat, 0x01);
        _properties.LogNumber(fields, Field.MessageExpiry, 0x02);
        fields.Number(Field.TopicAlias, _properties.Number(0x23, absent: 0));
        _properties.LogBytes(fields, Field.ContentType, 0x03);
        _properties.LogBytes(fields, Field.ResponseTopic, 0x08);
        _properties.LogBytes(fields, Field.CorrelationData, 0x09);
        _properties.LogPairs(fields);
        _properties.LogForwarded(fields, Field.Forwarded);
        fields.Bytes(Field.Payload, payload.Span);
    }

    private void Acknowledgement(int type, Cursor body, FieldLog fields)
    {
        var identifier = _judgement.PacketIdentifier(ref body);
        var code = 0;
        if (_judgement.Version == 5 && body.Left > 0)
        {
            code = body.Byte();
            if (type >= 6)
                _judgement.ReasonCode(code, [0x00, 0x92]);
            else
                _judgement.ReasonCode(code, [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]);
            if (code == 0x10)
                _judgement.May(Faults.Unclassed); // "sent only by the Server"
        }

        ReadOptionalProperties(ref body, Place.Acknowledgement);
        _judgement.End(body);
        fields.Number(Field.PacketIdentifier, identifier);
        fields.Number(Field.ReasonCode, code);
        _properties.LogBytes(fields, Field.ReasonString, 0x1F);
        _properties.LogPairs(fields);
    }

    /// <summary>Where the packet may end before Property Length.</summary>
    private void ReadOptionalProperties(ref Cursor body, Place place)
    {
        if (body.Left > 0)
            _properties.Read(_judgement, ref body, _bytes, place);
        else
            _properties.Clear();
    }
}
