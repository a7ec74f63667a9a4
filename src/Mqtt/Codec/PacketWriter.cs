using System.Buffers.Binary;
using System.Text;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>Writes fields, or counts their bytes when made by default: one routine per packet measures and writes.</summary>
internal ref struct PacketWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private readonly bool _writes = true;

    /// <summary>Bytes written or counted.</summary>
    public int Length { get; private set; }

    public void WriteByte(byte value)
    {
        if (_writes)
            _destination[Length] = value;
        Length++;
    }

    public void WriteUInt16(ushort value)
    {
        if (_writes)
            BinaryPrimitives.WriteUInt16BigEndian(_destination[Length..], value);
        Length += sizeof(ushort);
    }

    public void WriteUInt32(uint value)
    {
        if (_writes)
            BinaryPrimitives.WriteUInt32BigEndian(_destination[Length..], value);
        Length += sizeof(uint);
    }

    public void WriteVariableByteInteger(int value) =>
        Length += _writes ? VariableByteInteger.Write(_destination[Length..], value) : VariableByteInteger.LengthOf(value);

    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        if (_writes)
            bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }

    public void WriteBinary(ReadOnlySpan<byte> bytes)
    {
        WriteUInt16(checked((ushort)bytes.Length));
        WriteRaw(bytes);
    }

    public void WriteString(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteUInt16(checked((ushort)length));
        if (_writes)
            Encoding.UTF8.GetBytes(text, _destination[Length..]);
        Length += length;
    }

    public void WriteProperty(PropertyId id, uint? value)
    {
        if (value is not { } number)
            return;
        WriteByte((byte)id);
        switch (PropertyDefinition.Of((byte)id).Type)
        {
            case PropertyType.Boolean:
                WriteByte((byte)number);
                break;
            case PropertyType.TwoBytes:
                WriteUInt16((ushort)number);
                break;
            case PropertyType.FourBytes:
                WriteUInt32(number);
                break;
            default:
                WriteVariableByteInteger((int)number);
                break;
        }
    }

    /// <summary>Written unless it has the value that its absence means.</summary>
    public void WriteProperty(PropertyId id, uint value, uint absent) => WriteProperty(id, value == absent ? null : value);

    /// <inheritdoc cref="WriteProperty(PropertyId, uint, uint)"/>
    public void WriteProperty(PropertyId id, bool value, bool absent) => WriteProperty(id, value == absent ? null : value ? 1u : 0u);

    public void WriteProperty(PropertyId id, string? text)
    {
        if (text is null)
            return;
        WriteByte((byte)id);
        WriteString(text);
    }

    public void WriteProperty(PropertyId id, byte[]? bytes)
    {
        if (bytes is null)
            return;
        WriteByte((byte)id);
        WriteBinary(bytes);
    }

    /// <summary>Property Length, then the properties that <paramref name="write"/> writes.</summary>
    public void WriteProperties<TPacket>(TPacket packet, PropertiesWriter<TPacket> write)
    {
        var counter = default(PacketWriter);
        write(ref counter, packet);
        WriteVariableByteInteger(counter.Length); // [MQTT5-2.2.2-1]
        write(ref this, packet);
    }

    public void WriteUserProperties(IReadOnlyList<UserProperty> properties)
    {
        for (var i = 0; i < properties.Count; i++)
        {
            WriteByte((byte)PropertyId.UserProperty);
            WriteString(properties[i].Name);
            WriteString(properties[i].Value);
        }
    }
}
