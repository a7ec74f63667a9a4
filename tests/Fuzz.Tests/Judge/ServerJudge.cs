namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>The judge's other half: whether what a broker sends is what a server may send.</summary>
internal sealed class ServerJudge
{
    private readonly Judgement _judgement = new();
    private readonly PropertySection _properties = new();
    private byte[] _bytes = [];

    /// <returns>None, or what is wrong with the packet at <paramref name="start"/>; Malformed also when it is not whole.</returns>
    public Faults Judge(int version, byte[] bytes, int start, int end, out ServerPacket packet)
    {
        _bytes = bytes;
        _judgement.Begin(version);
        packet = default;
        var header = FixedHeaderRules.Read(_judgement, bytes, start, end, out var first, out var remaining, out var isPadded);
        if (remaining < 0 || isPadded || header.At + remaining > end)
            return Faults.Malformed;
        if ((first >> 4) != 3 && (first & 15) != ((first >> 4) == 6 ? 2 : 0))
            _judgement.Must(Faults.Malformed);

        var body = new Cursor(bytes, header.At, header.At + remaining);
        packet = Read(first, ref body) with { Type = first >> 4, Length = header.At - start + remaining };
        _judgement.End(body);
        return _judgement.MustFaults;
    }

    private ServerPacket Read(int first, ref Cursor body)
    {
        var is5 = _judgement.Version == 5;
        switch (first >> 4)
        {
            case 2:
                return ConnAck(ref body);
            case 3:
                return Publish(first & 15, ref body);
            case 4 or 5 or 6 or 7:
                return Acknowledgement(first >> 4, ref body);
            case 9:
                return SubAck(ref body);
            case 11:
                return UnsubAck(ref body);
            case 13:
                return default;
            case 14 when is5:
                return Disconnect(ref body);
            case 15 when is5:
                return Auth(ref body);
            default:
                _judgement.Must(Faults.ProtocolError); // what only clients send, or what the version does not have
                body.Block(body.Left);
                return default;
        }
    }

    private ServerPacket ConnAck(ref Cursor body)
    {
        var flags = body.Byte();
        var code = body.Byte();
        if (flags > (_judgement.Version == 3 ? 0 : 1) || (flags == 1 && code != 0))
            _judgement.Must(Faults.Malformed); // [MQTT5-3.2.2-1] [MQTT5-3.2.2-6]
        if (_judgement.Version != 5)
        {
            if (code > 5)
                _judgement.Must(Faults.Malformed);
            return new ServerPacket { Code = code };
        }

        _judgement.ReasonCode(
            code,
            [
                0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F,
            ]);
        _properties.Read(_judgement, ref body, _bytes, Place.ConnAck);
        return new ServerPacket
        {
            Code = code,
            TopicAliasMaximum = (int)_properties.Number(0x22, absent: 0),
            ReceiveMaximum = (int)_properties.Number(0x21, absent: 65_535),
        };
    }

    private ServerPacket Publish(int flags, ref Cursor body)
    {
        var qos = (flags >> 1) & 3;
        if (qos == 3 || (flags >= 8 && qos == 0))
            _judgement.Must(Faults.Malformed);
        var topic = body.Counted();
        var identifier = qos > 0 ? _judgement.PacketIdentifier(ref body) : 0;
        _properties.Read(_judgement, ref body, _bytes, Place.Publish);
        body.Block(body.Left);
        var alias = _judgement.Version == 5 ? (int)_properties.Number(0x23, absent: 0) : 0;
        if (topic.Length > 0 || alias == 0)
            _judgement.CheckTopicName(topic.Span);
        return new ServerPacket { PacketIdentifier = identifier, QoS = qos, Topic = topic, TopicAlias = alias };
    }

    private ServerPacket Acknowledgement(int type, ref Cursor body)
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
            if (body.Left > 0)
                _properties.Read(_judgement, ref body, _bytes, Place.Acknowledgement);
        }

        return new ServerPacket { PacketIdentifier = identifier, Code = code };
    }

    private ServerPacket SubAck(ref Cursor body)
    {
        var identifier = _judgement.PacketIdentifier(ref body);
        _properties.Read(_judgement, ref body, _bytes, Place.SubAck);
        return new ServerPacket
        {
            PacketIdentifier = identifier,
            Codes = _judgement.Version == 5
                ? ReadCodes(ref body, [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2])
                : ReadCodes(ref body, [0x00, 0x01, 0x02, 0x80]),
        };
    }

    private ServerPacket UnsubAck(ref Cursor body)
    {
        var identifier = _judgement.PacketIdentifier(ref body);
        _properties.Read(_judgement, ref body, _bytes, Place.UnsubAck);
        var codes = _judgement.Version == 5 ? ReadCodes(ref body, [0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91]) : 0;
        return new ServerPacket { PacketIdentifier = identifier, Codes = codes };
    }

    private int ReadCodes(ref Cursor body, ReadOnlySpan<byte> allowed)
    {
        var count = body.Left;
        if (count == 0)
            _judgement.Must(Faults.Malformed);
        while (body.Left > 0)
            _judgement.ReasonCode(body.Byte(), allowed);
        return count;
    }

    private ServerPacket Disconnect(ref Cursor body)
    {
        var code = body.Left > 0 ? body.Byte() : 0;
        // The rows of MQTT5 section 3.14.2.1 that a server may send.
        _judgement.ReasonCode(
            code,
            [
                0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C,
                0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
            ]);
        if (body.Left == 0)
            return new ServerPacket { Code = code };
        _properties.Read(_judgement, ref body, _bytes, Place.Disconnect);
        if (_properties.Has(0x11))
            _judgement.Must(Faults.ProtocolError); // [MQTT5-3.14.2-2]
        return new ServerPacket { Code = code };
    }

    private ServerPacket Auth(ref Cursor body)
    {
        if (body.Left == 0)
            return default;
        var code = body.Byte();
        _judgement.ReasonCode(code, [0x00, 0x18]);
        _properties.Read(_judgement, ref body, _bytes, Place.Auth);
        if (!_properties.Has(0x15))
            _judgement.Must(Faults.ProtocolError);
        return new ServerPacket { Code = code };
    }
}
