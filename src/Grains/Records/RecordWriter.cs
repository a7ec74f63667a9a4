using System.Buffers.Binary;
using System.Text;

namespace OrleansBroker.Grains.Records;

/// <summary>Writes the value of a journal record, little-endian; strings as UTF-8 with a four-byte length, or with a short one where records are many. A stored contract: fields are only ever appended.</summary>
internal ref struct RecordWriter(Span<byte> scratch)
{
    internal const uint Continued = 0x80;

    private Span<byte> _buffer = scratch;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Byte(byte value) => Take(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(sizeof(ushort)), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(sizeof(uint)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    public void Text(string? value)
    {
        // The length of an absent text is all ones.
        if (value is null)
        {
            UInt32(uint.MaxValue);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        UInt32((uint)length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>Seven bits a byte, the lowest first; all but the last byte have the eighth.</summary>
    public void Short(uint value)
    {
        for (; value >= Continued; value >>= 7) Byte((byte)(value | Continued));
        Byte((byte)value);
    }

    /// <summary>A text that is not absent.</summary>
    public void ShortText(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Short((uint)length);
        Encoding.UTF8.GetBytes(value, Take(length));
    }

    /// <summary>Bytes whose end is known otherwise.</summary>
    public void Raw(scoped ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    private Span<byte> Take(int count)
    {
        if (_length + count > _buffer.Length)
        {
            var larger = new byte[Math.Max(_buffer.Length * 2, _length + count)];
            _buffer[.._length].CopyTo(larger);
            _buffer = larger;
        }

        _length += count;
        return _buffer.Slice(_length - count, count);
    }
}
