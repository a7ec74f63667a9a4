using System.Runtime.CompilerServices;
using System.Text;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>All properties of a packet, read in one walk and then asked for by identifier. For packets that become objects.</summary>
internal ref struct PropertyBag
{
    private ReadOnlySpan<byte> _properties;
    private ulong _present;
    private Slots _numbers;
    private Slots _ends;
    private List<UserProperty>? _userProperties;

    public readonly IReadOnlyList<UserProperty> UserProperties => _userProperties is null ? [] : _userProperties;

    /// <summary>Reads Property Length and properties; nothing before 5.0. A violation fails the packet's reader.</summary>
    public static PropertyBag Read(ref PacketReader packet, ProtocolVersion version, PropertyScope scope)
    {
        var bag = default(PropertyBag);
        if (version != ProtocolVersion.Mqtt5)
            return bag;

        bag._properties = packet.Take(packet.ReadVariableByteInteger());
        var reader = new PropertyReader(bag._properties, scope);
        while (reader.Next())
            bag.Add(in reader);
        if (reader.Violation != SpecViolation.None)
            packet.Fail(reader.Violation);
        return bag;
    }

    public readonly bool Has(PropertyId id) => (_present & (1UL << (int)id)) != 0;

    public readonly uint? Number(PropertyId id) => Has(id) ? _numbers[(int)id] : null;

    public readonly ushort? Number16(PropertyId id) => (ushort?)Number(id);

    public readonly bool Flag(PropertyId id, bool absent) => Number(id) is { } number ? number == 1 : absent;

    public readonly string? Text(PropertyId id) => Has(id) ? Encoding.UTF8.GetString(Span(id)) : null;

    public readonly byte[]? Binary(PropertyId id) => Has(id) ? Span(id).ToArray() : null;

    /// <summary>The properties that go unaltered into a PUBLISH, as <see cref="WillPacket.ForwardedProperties"/>.</summary>
    public readonly byte[] Forwarded()
    {
        var forwarded = new byte[ForwardedProperties.LengthOf(_properties)];
        ForwardedProperties.Copy(_properties, forwarded);
        return forwarded;
    }

    private void Add(in PropertyReader property)
    {
        var index = (int)property.Id;
        _present |= 1UL << index;
        if (property.Id == PropertyId.UserProperty)
        {
            _userProperties ??= [];
            _userProperties.Add(new(Encoding.UTF8.GetString(property.Name), Encoding.UTF8.GetString(property.Bytes)));
            return;
        }

        // A number, or the length of the bytes that end where the property ends.
        _numbers[index] = property.Bytes.IsEmpty ? property.Number : (uint)property.Bytes.Length;
        _ends[index] = (uint)property.End;
    }

    private readonly ReadOnlySpan<byte> Span(PropertyId id)
    {
        var end = (int)_ends[(int)id];
        return _properties[(end - (int)_numbers[(int)id])..end];
    }

    [InlineArray(PropertyDefinition.Count)]
    private struct Slots
    {
        private uint _first;
    }
}
