using System.Buffers.Binary;
using System.Text;

namespace OrleansBroker.Fuzz.Tests.Judge;

/// <summary>A packet's values, one after the other, so that two decoders can be compared without sharing a type.</summary>
internal sealed class FieldLog
{
    private const byte IsNumber = 0;
    private const byte IsBytes = 1;

    private byte[] _log = new byte[4096];
    private int _length;

    public void Clear() => _length = 0;

    public void Number(Field field, long value)
    {
        var room = Room(2 + sizeof(long));
        room[0] = (byte)field;
        room[1] = IsNumber;
        BinaryPrimitives.WriteInt64LittleEndian(room[2..], value);
    }

    public void Bytes(Field field, ReadOnlySpan<byte> value)
    {
        var room = Room(2 + sizeof(int) + value.Length);
        room[0] = (byte)field;
        room[1] = IsBytes;
        BinaryPrimitives.WriteInt32LittleEndian(room[2..], value.Length);
        value.CopyTo(room[6..]);
    }

    public void Text(Field field, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        var room = Room(2 + sizeof(int) + length);
        room[0] = (byte)field;
        room[1] = IsBytes;
        BinaryPrimitives.WriteInt32LittleEndian(room[2..], length);
        Encoding.UTF8.GetBytes(value, room[6..]);
    }

    public bool IsSameAs(FieldLog other) => _log.AsSpan(0, _length).SequenceEqual(other._log.AsSpan(0, other._length));

    /// <summary>One line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var at = 0; at < _length;)
        {
            var field = (Field)_log[at];
            if (_log[at + 1] == IsNumber)
            {
                text.Append($"{field}={BinaryPrimitives.ReadInt64LittleEndian(_log.AsSpan(at + 2))} ");
                at += 2 + sizeof(long);
                continue;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(_log.AsSpan(at + 2));
            var shown = Convert.ToHexString(_log.AsSpan(at + 6, Math.Min(length, 64)));
            text.Append($"{field}[{length}]={shown} ");
            at += 6 + length;
        }

        return text.ToString();
    }

    private Span<byte> Room(int length)
    {
        if (_log.Length - _length < length)
            Array.Resize(ref _log, Math.Max(2 * _log.Length, _length + length));
        var room = _log.AsSpan(_length, length);
        _length += length;
        return room;
    }
}
