namespace OrleansBroker.Fuzz.Tests.Judge;

/// <content>CONNECT: MQTT5 section 3.1, MQTT311 section 3.1, MQTT 3.1 section 3.1.</content>
internal sealed partial class ClientJudge
{
    private readonly PropertySection _will = new();

    private void Connect(Cursor body, bool isPadded, FieldLog fields)
    {
        ClientMaximumPacketSize = uint.MaxValue;
        ClientTopicAliasMaximum = 0;
        var name = body.Counted();
        var level = body.Byte();
        if (body.IsShort)
        {
            _judgement.Must(Faults.Malformed);
            return;
        }

        var isOld = name.Span.SequenceEqual("MQIsdp"u8);
        var isName = isOld || name.Span.SequenceEqual("MQTT"u8);
        if (!isName || (isOld ? level != 3 : level is not (4 or 5)))
        {
            // What follows has no known format. A name that is none may also be called malformed.
            _judgement.Must(isName ? Faults.UnsupportedVersion : Faults.UnsupportedVersion | Faults.Malformed);
            return;
        }

        _judgement.Version = level;
        if (isPadded && level == 5)
            _judgement.Must(Faults.Malformed); // [MQTT5-1.5.5-1]
        Payload(body, name, level, fields);
    }

    private void Payload(Cursor body, Slice name, int level, FieldLog fields)
    {
        var flags = body.Byte();
        CheckFlags(level, flags);
        var keepAlive = body.Two();
        _properties.Read(_judgement, ref body, _bytes, Place.Connect);
        if (_properties.Has(0x16) && !_properties.Has(0x15))
            _judgement.Must(Faults.ProtocolError); // MQTT5 section 3.1.2.11.10

        var clientId = _judgement.Text(ref body);
        CheckClientId(level, flags, clientId.Length, body.IsShort);
        var hasWill = (flags & 0x04) != 0;
        _will.Clear();
        Slice willTopic = default;
        Slice willPayload = default;
        if (hasWill)
        {
            _will.Read(_judgement, ref body, _bytes, Place.Will);
            willTopic = body.Counted();
            willPayload = body.Counted();
            if (!body.IsShort)
                _judgement.CheckTopicName(willTopic.Span);
        }

        // 3.1: Remaining Length goes before the flags, the strings may be missing.
        var hasUserName = (flags & 0x80) != 0 && !(level == 3 && body.Left == 0);
        var userName = hasUserName ? _judgement.Text(ref body) : name;
        var hasPassword = (flags & 0x40) != 0 && !(level == 3 && body.Left == 0);
        var password = hasPassword ? body.Counted() : name;
        _judgement.End(body);
        ClientMaximumPacketSize = _properties.Number(0x27, absent: uint.MaxValue);
        ClientTopicAliasMaximum = (int)_properties.Number(0x22, absent: 0);
        if (_judgement.MustFaults != Faults.None)
            return;

        LogConnect(fields, level, flags, keepAlive);
        fields.Bytes(Field.ClientId, clientId.Span);
        if (hasWill)
            LogWill(fields, flags, willTopic, willPayload);
        if (hasUserName)
            fields.Bytes(Field.UserName, userName.Span);
        if (hasPassword)
            fields.Bytes(Field.Password, password.Span);
    }

    private void CheckFlags(int level, int flags)
    {
        var hasWill = (flags & 0x04) != 0;
        var willQoS = (flags >> 3) & 3;
        if ((flags & 0x40) != 0 && (flags & 0x80) == 0 && level < 5)
            _judgement.Must(Faults.Malformed | Faults.ProtocolError); // [MQTT311-3.1.2-22]; 3.1: "not valid"
        if (level == 3)
        {
            if (hasWill && willQoS == 3)
                _judgement.May(Faults.Malformed); // 3.1 calls the value reserved
            return; // 3.1 calls the others unused
        }

        if ((flags & 0x01) != 0)
            _judgement.Must(Faults.Malformed); // [MQTT5-3.1.2-3]
        if (willQoS == 3)
            _judgement.Must(Faults.Malformed); // [MQTT5-3.1.2-12]
        if (!hasWill && (willQoS != 0 || (flags & 0x20) != 0))
            _judgement.Must(Faults.Unclassed); // [MQTT5-3.1.2-11] [MQTT5-3.1.2-13]
    }

    private void CheckClientId(int level, int flags, int length, bool isShort)
    {
        if (isShort || level == 5)
            return;
        if (length == 0 && (level == 3 || (flags & 0x02) == 0))
            _judgement.Must(Faults.ClientIdInvalid); // [MQTT311-3.1.3-8]
        if (length > 23 && level == 3)
            _judgement.May(Faults.ClientIdInvalid);
    }

    private void LogConnect(FieldLog fields, int level, int flags, int keepAlive)
    {
        var isClean = (flags & 0x02) != 0;
        fields.Number(Field.Version, level);
        fields.Number(Field.CleanStart, isClean ? 1 : 0);
        fields.Number(Field.KeepAlive, keepAlive);
        _properties.LogNumber(fields, Field.SessionExpiry, 0x11);
        // MQTT5 section 3.1.2.11.2: what Clean Session said in 3.x.
        fields.Number(Field.EffectiveSessionExpiry, level == 5 ? _properties.Number(0x11, absent: 0) : isClean ? 0 : uint.MaxValue);
        fields.Number(Field.ReceiveMaximum, _properties.Number(0x21, absent: 65_535));
        fields.Number(Field.MaximumPacketSize, _properties.Number(0x27, absent: uint.MaxValue));
        fields.Number(Field.TopicAliasMaximum, _properties.Number(0x22, absent: 0));
        fields.Number(Field.RequestResponseInformation, _properties.Number(0x19, absent: 0));
        fields.Number(Field.RequestProblemInformation, _properties.Number(0x17, absent: 1));
        _properties.LogPairs(fields);
        _properties.LogBytes(fields, Field.AuthenticationMethod, 0x15);
        _properties.LogBytes(fields, Field.AuthenticationData, 0x16);
    }

    private void LogWill(FieldLog fields, int flags, Slice topic, Slice payload)
    {
        fields.Bytes(Field.WillTopic, topic.Span);
        fields.Bytes(Field.WillPayload, payload.Span);
        fields.Number(Field.WillQoS, (flags >> 3) & 3);
        fields.Number(Field.WillRetain, (flags >> 5) & 1);
        fields.Number(Field.WillDelay, _will.Number(0x18, absent: 0));
        _will.LogNumber(fields, Field.WillExpiry, 0x02);
        _will.LogForwarded(fields, Field.WillForwarded);
    }
}
