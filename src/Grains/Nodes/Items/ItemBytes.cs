using System.Buffers.Binary;
using System.Text;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>A growing array that items are encoded into. Integers are base 128, least significant first; texts are UTF-8 behind their length.</summary>
internal sealed class ItemBytes(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Number(ulong value)
    {
        const int MaxBytes = 10; // 64 bits by 7
        Reserve(MaxBytes);
        var at = Length;
        for (; value >= 0x80; value >>= 7) _bytes[at++] = (byte)(value | 0x80);
        _bytes[at++] = (byte)value;
        Length = at;
    }

    /// <summary>Small values of either sign are short.</summary>
    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    public void UInt32(uint value)
    {
        Reserve(sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(uint);
    }

    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number((ulong)length);
        Reserve(length);
        Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
        Length += length;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private void Reserve(int count)
    {
        if (Length + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
    }
}
