using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// Walks over properties and enforces what holds for each of them alone: known, allowed here, not twice, of its type, in its range.
/// Allocates nothing.
/// </summary>
internal ref struct PropertyReader(ReadOnlySpan<byte> properties, PropertyScope scope)
{
    private readonly PropertyScope _scope = scope;
    private PacketReader _reader = new(properties);
    private ulong _seen;

    public readonly SpecViolation Violation => _reader.Violation;

    public PropertyId Id { get; private set; }

    /// <summary>Offset of the current property's first byte.</summary>
    public int Start { get; private set; }

    /// <summary>Offset behind the current property.</summary>
    public readonly int End => _reader.Position;

    /// <summary>The value, when the type is a number.</summary>
    public uint Number { get; private set; }

    /// <summary>The value when it is a string or binary; a User Property's value.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>A User Property's name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public static SpecViolation Validate(ReadOnlySpan<byte> properties, PropertyScope scope)
    {
        var reader = new PropertyReader(properties, scope);
        while (reader.Next())
        {
            // Walking is validating.
        }

        return reader.Violation;
    }

    /// <returns>False at the end and at a violation.</returns>
    public bool Next()
    {
        if (_reader.IsDone)
            return false;

        Start = _reader.Position;
        var identifier = _reader.ReadByte();
        var definition = PropertyDefinition.Of(identifier);
        Id = (PropertyId)identifier;
        if (definition.Type == PropertyType.Unknown)
            _reader.Fail(SpecViolation.PropertyUnknown);
        else if ((definition.Scopes & _scope) == 0)
            _reader.Fail(SpecViolation.PropertyNotAllowed);
        else
            ReadOne(definition);
        return !_reader.Failed;
    }

    private void ReadOne(PropertyDefinition definition)
    {
        var bit = 1UL << (int)Id;
        if ((_seen & bit) != 0 && !MayRepeat())
        {
            _reader.Fail(SpecViolation.PropertyDuplicate);
            return;
        }

        _seen |= bit;
        ReadValue(definition.Type);
        var violation = CheckRange(definition);
        if (violation != SpecViolation.None)
            _reader.Fail(violation);
    }

    // A server's PUBLISH names every matching subscription [MQTT5-3.3.4-4].
    private readonly bool MayRepeat() =>
        Id == PropertyId.UserProperty || (Id == PropertyId.SubscriptionIdentifier && (_scope & PropertyScope.Publish) != 0);

    private void ReadValue(PropertyType type)
    {
        Bytes = default;
        Name = default;
        Number = 0;
        switch (type)
        {
            case PropertyType.Boolean:
                Number = _reader.ReadByte();
                break;
            case PropertyType.TwoBytes:
                Number = _reader.ReadUInt16();
                break;
            case PropertyType.FourBytes:
                Number = _reader.ReadUInt32();
                break;
            case PropertyType.VariableByteInteger:
                Number = (uint)_reader.ReadVariableByteInteger();
                break;
            case PropertyType.Utf8:
                Bytes = _reader.ReadUtf8();
                break;
            case PropertyType.Binary:
                Bytes = _reader.ReadBinary();
                break;
            default:
                Name = _reader.ReadUtf8();
                Bytes = _reader.ReadUtf8(); // [MQTT5-1.5.7-1]
                break;
        }
    }

    private readonly SpecViolation CheckRange(PropertyDefinition definition)
    {
        if (Id == PropertyId.ResponseTopic && !_reader.Failed)
        {
            var violation = TopicName.Validate(Bytes);
            return violation == SpecViolation.TopicNameWildcard ? SpecViolation.ResponseTopicWildcard : violation; // [MQTT5-3.3.2-14]
        }

        var isInRange = definition.Type == PropertyType.Boolean ? Number <= 1 : Number > 0;
        return isInRange ? SpecViolation.None : definition.OutOfRange;
    }
}
