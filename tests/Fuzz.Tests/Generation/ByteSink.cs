using System.Buffers.Binary;

namespace OrleansBroker.Fuzz.Tests.Generation;

/// <summary>Bytes that grow at the end.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Valid until the next change.</summary>
    public byte[] Buffer => _bytes;

    public void Clear() => Length = 0;

    public void Byte(int value) => Room(1)[0] = (byte)value;

    public void Two(int value) => BinaryPrimitives.WriteUInt16BigEndian(Room(2), (ushort)value);

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    public void VariableByteInteger(uint value)
    {
        while (value >= 0x80)
        {
            Byte((int)((value & 0x7F) | 0x80));
            value >>= 7;
        }

        Byte((int)value);
    }

    public void Cut(int length) => Length = Math.Min(Length, length);

    public void Remove(int at, int count)
    {
        count = Math.Min(count, Length - at);
        _bytes.AsSpan(at + count, Length - at - count).CopyTo(_bytes.AsSpan(at));
        Length -= count;
    }

    public void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        var inserted = bytes.ToArray();
        var behind = _bytes.AsSpan(at, Length - at).ToArray();
        Length = at;
        Raw(inserted);
        Raw(behind);
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + count));
        var room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }
}
