using System.Buffers.Binary;
using System.Text;

namespace OrleansBroker.Grains.Records;

/// <summary>Reads what <see cref="RecordWriter"/> wrote. Beyond the end every field is 0 or absent, so that a record of an older version reads on.</summary>
internal ref struct RecordFields(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    public byte Byte() => Take(1) is { Length: 1 } taken ? taken[0] : (byte)0;

    public bool Bool() => Byte() != 0;

    public ushort UInt16() => Take(sizeof(ushort)) is { Length: sizeof(ushort) } taken ? BinaryPrimitives.ReadUInt16LittleEndian(taken) : (ushort)0;

    public uint UInt32() => Take(sizeof(uint)) is { Length: sizeof(uint) } taken ? BinaryPrimitives.ReadUInt32LittleEndian(taken) : 0;

    public long Int64() => Take(sizeof(long)) is { Length: sizeof(long) } taken ? BinaryPrimitives.ReadInt64LittleEndian(taken) : 0;

    /// <summary>At most five bytes, of which what goes beyond 32 bits is lost.</summary>
    public uint Short()
    {
        uint value = 0;
        for (var shift = 0; shift < 5 * 7; shift += 7)
        {
            var next = Byte();
            value |= (next & ~RecordWriter.Continued) << shift;
            if (next < RecordWriter.Continued) break;
        }

        return value;
    }

    public string ShortText() => Encoding.UTF8.GetString(Take((int)Math.Min(Short(), (uint)_rest.Length)));

    public string? Text()
    {
        var length = UInt32();
        return length == uint.MaxValue ? null : Encoding.UTF8.GetString(Take((int)Math.Min(length, (uint)_rest.Length)));
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            _rest = [];
            return [];
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
