namespace OrleansBroker.Fuzz.Tests.Judge;

/// <content>SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, AUTH: MQTT5 sections 3.8, 3.10, 3.14, 3.15.</content>
internal sealed partial class ClientJudge
{
    private void Subscribe(Cursor body, FieldLog fields)
    {
        fields.Number(Field.PacketIdentifier, _judgement.PacketIdentifier(ref body));
        _properties.Read(_judgement, ref body, _bytes, Place.Subscribe);
        fields.Number(Field.SubscriptionIdentifier, _properties.Number(0x0B, absent: 0));
        _properties.LogPairs(fields);
        if (!body.IsShort && body.Left == 0)
            _judgement.Must(Faults.ProtocolError); // [MQTT5-3.8.3-2]
        while (body.Left > 0)
        {
            var filter = _judgement.Text(ref body);
            var options = body.Byte();
            if (body.IsShort)
                break;
            CheckOptions(options, filter.Span);
            LogFilter(fields, filter.Span);
            fields.Number(Field.Options, _judgement.Version == 3 ? options & 3 : options);
        }

        _judgement.End(body);
    }

    private void CheckOptions(int options, ReadOnlySpan<byte> filter)
    {
        if ((options & 3) == 3)
            _judgement.Must(_judgement.Version == 5 ? Faults.ProtocolError : Faults.Unclassed);
        if (_judgement.Version == 3 && options > 3)
            _judgement.May(Faults.Malformed); // 3.1 calls the upper six bits reserved
        if (_judgement.Version == 4 && options > 3)
            _judgement.Must(Faults.Malformed); // [MQTT311-3.8.3-4]
        if (_judgement.Version != 5)
            return;

        if (options >= 0x40)
            _judgement.Must(Faults.Malformed); // [MQTT5-3.8.3-5]
        if (((options >> 4) & 3) == 3)
            _judgement.Must(Faults.ProtocolError); // MQTT5 section 3.8.3.1
        if ((options & 4) == 0 || !Utf8Rules.IsShared(filter))
            return;
        if (Utf8Rules.IsValidShared(filter))
            _judgement.Must(Faults.ProtocolError); // [MQTT5-3.8.3-4]
        else
            _judgement.May(Faults.ProtocolError); // no shared subscription comes of it, but it was meant to be one
    }

    private void LogFilter(FieldLog fields, ReadOnlySpan<byte> filter)
    {
        fields.Bytes(Field.Filter, filter);
        var isShared = Utf8Rules.IsShared(filter);
        if (isShared && _judgement.Version != 5)
            return; // 3.x knows no $share: whether the broker gives it a meaning is the broker's matter
        var isValid = isShared ? Utf8Rules.IsValidShared(filter) : Utf8Rules.IsValidFilter(filter);
        fields.Number(Field.FilterIsValid, isValid ? 1 : 0);
    }

    private void Unsubscribe(Cursor body, FieldLog fields)
    {
        fields.Number(Field.PacketIdentifier, _judgement.PacketIdentifier(ref body));
        _properties.Read(_judgement, ref body, _bytes, Place.Unsubscribe);
        _properties.LogPairs(fields);
        if (!body.IsShort && body.Left == 0)
            _judgement.Must(Faults.ProtocolError); // [MQTT5-3.10.3-2]
        while (body.Left > 0)
        {
            var filter = _judgement.Text(ref body);
            if (!body.IsShort)
                LogFilter(fields, filter.Span);
        }

        _judgement.End(body);
    }

    private void Disconnect(Cursor body, FieldLog fields)
    {
        var code = 0;
        if (_judgement.Version == 5 && body.Left > 0)
        {
            code = body.Byte();
            // The rows of MQTT5 section 3.14.2.1 that a client may send.
            _judgement.ReasonCode(code, [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99]);
        }

        ReadOptionalProperties(ref body, Place.Disconnect);
        _judgement.End(body);
        if (_properties.Has(0x1C))
            _judgement.May(Faults.Unclassed); // "the Server sends" it; no statement forbids it
        fields.Number(Field.ReasonCode, code);
        _properties.LogNumber(fields, Field.SessionExpiry, 0x11);
        _properties.LogBytes(fields, Field.ReasonString, 0x1F);
        _properties.LogPairs(fields);
        _properties.LogBytes(fields, Field.ServerReference, 0x1C);
    }

    private void Auth(Cursor body, FieldLog fields)
    {
        if (_judgement.Version is 3 or 4)
            _judgement.Must(Faults.Malformed);
        var isEmpty = body.Left == 0;
        var code = isEmpty ? 0 : body.Byte();
        _judgement.ReasonCode(code, [0x00, 0x18, 0x19]); // [MQTT5-3.15.2-1]
        if (code == 0)
            _judgement.May(Faults.Unclassed); // the table has it "sent by: Server"
        if (isEmpty)
            _properties.Clear();
        else
            _properties.Read(_judgement, ref body, _bytes, Place.Auth);
        if (!isEmpty && !_properties.Has(0x15))
            _judgement.Must(Faults.ProtocolError); // MQTT5 section 3.15.2.2.2
        _judgement.End(body);
        fields.Number(Field.ReasonCode, code);
        _properties.LogBytes(fields, Field.AuthenticationMethod, 0x15);
        _properties.LogBytes(fields, Field.AuthenticationData, 0x16);
        _properties.LogBytes(fields, Field.ReasonString, 0x1F);
        _properties.LogPairs(fields);
    }
}
