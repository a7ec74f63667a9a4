using System.Buffers.Binary;
using System.Text;

namespace OrleansBroker.TestKit;

/// <summary>Reads the body of a packet strictly: every format fault of the broker throws <see cref="UnexpectedFrameException"/>.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> body)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = body;

    public readonly int Length => _rest.Length;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public string Utf8() => StrictUtf8.GetString(Binary());

    public ReadOnlySpan<byte> Binary() => Take(UInt16());

    public int VariableByteInteger()
    {
        var value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var next = Byte();
            value |= (next & 0x7F) << shift;
            if ((next & 0x80) != 0)
                continue;
            return next == 0 && shift > 0
                ? throw new UnexpectedFrameException("a variable byte integer is padded") // [MQTT5-1.5.5-1]
                : value;
        }

        throw new UnexpectedFrameException("a variable byte integer has more than four bytes");
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw new UnexpectedFrameException($"{count} bytes expected, {_rest.Length} left in the packet");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte[] Rest() => Take(_rest.Length).ToArray();

    public readonly void End()
    {
        if (_rest.Length > 0)
            throw new UnexpectedFrameException($"{_rest.Length} bytes too many in the packet");
    }
}
