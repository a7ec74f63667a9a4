using System.Buffers.Binary;
using System.Text;

namespace OrleansBroker.TestKit;

/// <summary>Collects bytes in the wire's formats (MQTT5 section 1.5). It checks nothing: tests also build what is illegal.</summary>
public sealed class ByteBuilder
{
    private readonly List<byte> _bytes = [];

    public ByteBuilder Byte(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public ByteBuilder UInt16(int value)
    {
        Span<byte> buffer = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)value);
        _bytes.AddRange(buffer);
        return this;
    }

    public ByteBuilder UInt32(uint value)
    {
        Span<byte> buffer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(buffer, value);
        _bytes.AddRange(buffer);
        return this;
    }

    public ByteBuilder VariableByteInteger(int value)
    {
        do
        {
            var low = value & 0x7F;
            value >>= 7;
            _bytes.Add((byte)(value > 0 ? low | 0x80 : low));
        }
        while (value > 0);
        return this;
    }

    public ByteBuilder Utf8(string text) => Binary(Encoding.UTF8.GetBytes(text));

    /// <summary>Two bytes of length, then the data.</summary>
    public ByteBuilder Binary(ReadOnlySpan<byte> data)
    {
        UInt16(data.Length);
        return Raw(data);
    }

    public ByteBuilder Raw(ReadOnlySpan<byte> data)
    {
        _bytes.AddRange(data);
        return this;
    }

    /// <summary>A property block: the length of all, then each as <see cref="Property"/> made it.</summary>
    public ByteBuilder Properties(params IEnumerable<byte[]> properties)
    {
        var block = new ByteBuilder();
        foreach (var property in properties)
            block.Raw(property);
        VariableByteInteger(block._bytes.Count);
        _bytes.AddRange(block._bytes);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    /// <summary>The bytes collected so far as the body of a packet with this first byte.</summary>
    public byte[] ToPacket(int firstByte) =>
        new ByteBuilder().Byte(firstByte).VariableByteInteger(_bytes.Count).Raw([.. _bytes]).ToArray();
}
