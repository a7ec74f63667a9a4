namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>The properties of one packet or will: Property Length, then properties to its end (MQTT5 section 2.2.2).</summary>
internal sealed class PropertySection
{
    private readonly bool[] _has = new bool[128];
    private readonly long[] _numbers = new long[128];
    private readonly Slice[] _slices = new Slice[128];
    private readonly List<(Slice Name, Slice Value)> _pairs = [];
    private readonly List<long> _subscriptionIdentifiers = [];
    private readonly List<Slice> _forwarded = [];

    public bool HasSubscriptionIdentifier => _subscriptionIdentifiers.Count > 0;

    public IReadOnlyList<long> SubscriptionIdentifiers => _subscriptionIdentifiers;

    public bool Has(int identifier) => _has[identifier];

    public long Number(int identifier, long absent) => _has[identifier] ? _numbers[identifier] : absent;

    public ReadOnlySpan<byte> Bytes(int identifier) => _slices[identifier].Span;

    public void Read(Judgement judgement, ref Cursor packet, byte[] bytes, Place place)
    {
        Clear();
        if (judgement.Version != 5)
            return;
        var length = judgement.VariableByteInteger(ref packet);
        var block = packet.Block(length);
        var section = new Cursor(bytes, block.At, block.At + block.Length);
        while (section.Left > 0 && ReadOne(judgement, ref section, bytes, place))
        {
            // one after the other
        }
    }

    public void LogPairs(FieldLog fields)
    {
        foreach (var (name, value) in _pairs)
        {
            fields.Bytes(Field.PropertyName, name.Span);
            fields.Bytes(Field.PropertyValue, value.Span);
        }
    }

    public void LogBytes(FieldLog fields, Field field, int identifier)
    {
        if (_has[identifier])
            fields.Bytes(field, Bytes(identifier));
    }

    public void LogNumber(FieldLog fields, Field field, int identifier)
    {
        if (_has[identifier])
            fields.Number(field, _numbers[identifier]);
    }

    /// <summary>What a server forwards unaltered, as it was encoded: 0x01, 0x03, 0x08, 0x09, 0x26.</summary>
    public void LogForwarded(FieldLog fields, Field field) => fields.Bytes(field, Forwarded());

    private byte[] Forwarded()
    {
        var all = new List<byte>();
        foreach (var slice in _forwarded)
            all.AddRange(slice.Span);
        return [.. all];
    }

    public void Clear()
    {
        Array.Clear(_has);
        _pairs.Clear();
        _subscriptionIdentifiers.Clear();
        _forwarded.Clear();
    }

    private bool ReadOne(Judgement judgement, ref Cursor section, byte[] bytes, Place place)
    {
        var start = section.At;
        var identifier = judgement.VariableByteInteger(ref section);
        if (PropertyRow.Of(identifier) is not { } row)
        {
            judgement.Must(Faults.Malformed); // what follows cannot be read
            return false;
        }

        if ((row.Places & place) == 0)
            judgement.Must(Faults.Malformed); // MQTT5 section 2.2.2.2
        var mayRepeat = row.Type == 'p' || (identifier == 0x0B && place == Place.Publish);
        if (_has[identifier] && !mayRepeat)
            judgement.Must(Faults.ProtocolError);
        ReadValue(judgement, ref section, row);
        _has[identifier] = true;
        if (section.IsShort)
        {
            judgement.Must(Faults.Malformed);
            return false;
        }

        if (identifier is 0x01 or 0x03 or 0x08 or 0x09 or 0x26)
            _forwarded.Add(new Slice(bytes, start, section.At - start));
        return true;
    }

    private void ReadValue(Judgement judgement, ref Cursor section, PropertyRow row)
    {
        switch (row.Type)
        {
            case 's':
                _slices[row.Identifier] = judgement.Text(ref section);
                break;
            case 'b':
                _slices[row.Identifier] = section.Counted();
                break;
            case 'p':
                var name = judgement.Text(ref section);
                _pairs.Add((name, judgement.Text(ref section)));
                break;
            default:
                ReadNumber(judgement, ref section, row);
                return;
        }

        if (row.Identifier == 0x08 && !section.IsShort)
            CheckResponseTopic(judgement);
    }

    private void ReadNumber(Judgement judgement, ref Cursor section, PropertyRow row)
    {
        var number = row.Type switch
        {
            '1' => section.Byte(),
            '2' => section.Two(),
            '4' => section.Four(),
            _ => (long)judgement.VariableByteInteger(ref section),
        };
        _numbers[row.Identifier] = number;
        if (row.Identifier == 0x0B)
            _subscriptionIdentifiers.Add(number);
        if (section.IsShort)
            return;
        if (row.Limits == '0' && number == 0)
            judgement.Must(row.Identifier == 0x23 ? Faults.TopicAliasInvalid | Faults.Unclassed : Faults.ProtocolError);
        if (row.Limits != '1' || number <= 1)
            return;
        if (row.Identifier == 0x01)
            judgement.May(Faults.Unclassed); // the section on it defines 0 and 1, and says nothing of others
        else
            judgement.Must(Faults.ProtocolError);
    }

    // [MQTT5-3.3.2-14]; it is a topic name for the answer, so an empty one or one that is too deep may be refused.
    private void CheckResponseTopic(Judgement judgement)
    {
        var topic = Bytes(0x08);
        if (Utf8Rules.HasWildcard(topic))
            judgement.Must(Faults.BadTopicName);
        if (topic.Length == 0 || Utf8Rules.Levels(topic) > Utf8Rules.MaximumLevels)
            judgement.May(Faults.BadTopicName);
    }
}
