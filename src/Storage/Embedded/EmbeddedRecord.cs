using System.Buffers.Binary;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// The value of a record, little-endian; golden bytes in the tests. The key stands in the record, too: a record says by itself what it is.
/// <code>
/// value = order:u64 place:u8 [payload:u64] record [payload bytes]
/// </code>
/// order = the ticket of its last write; place = 0 no payload, 1 behind the record, 2 in a row of its own that others refer to as well. record as in
/// <see cref="RecordFormat"/>, with version and checksum.
/// </summary>
internal readonly ref struct EmbeddedRecord
{
    public const byte NoPayload = 0;
    public const byte OwnPayload = 1;
    public const byte SharedPayload = 2;

    private const int PlaceOffset = sizeof(ulong);
    private const int BodyOffset = PlaceOffset + 1;

    public ulong Order { get; private init; }

    public byte Place { get; private init; }

    /// <summary>The row of a shared payload.</summary>
    public ulong Payload { get; private init; }

    public ReadOnlySpan<byte> Record { get; private init; }

    public ReadOnlySpan<byte> Own { get; private init; }

    /// <summary>Bytes of a value without its own payload.</summary>
    public static int SizeOf(byte place, int recordBytes) => BodyOffset + (place == SharedPayload ? sizeof(ulong) : 0) + recordBytes;

    public static void Write(Span<byte> target, ulong order, byte place, ulong payload, ReadOnlySpan<byte> record, ReadOnlySpan<byte> own)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, order);
        target[PlaceOffset] = place;
        target = target[BodyOffset..];
        if (place == SharedPayload)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target, payload);
            target = target[sizeof(ulong)..];
        }

        record.CopyTo(target);
        own.CopyTo(target[record.Length..]);
    }

    /// <summary>False when the bytes are no value that this program knows.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out EmbeddedRecord record)
    {
        record = default;
        if (value.Length < BodyOffset) return false;
        var place = value[PlaceOffset];
        var rest = value[BodyOffset..];
        ulong payload = 0;
        if (place > SharedPayload) return false;
        if (place == SharedPayload)
        {
            if (rest.Length < sizeof(ulong)) return false;
            payload = BinaryPrimitives.ReadUInt64LittleEndian(rest);
            rest = rest[sizeof(ulong)..];
        }

        if (rest.Length < RecordFormat.BodyOffset) return false;
        var length = RecordFormat.BodyOffset + (long)BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (length > rest.Length) return false;
        record = new EmbeddedRecord
        {
            Order = BinaryPrimitives.ReadUInt64LittleEndian(value),
            Place = place,
            Payload = payload,
            Record = rest[..(int)length],
            Own = rest[(int)length..],
        };
        return true;
    }

    public static ulong OrderOf(ReadOnlySpan<byte> value) => value.Length < sizeof(ulong) ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(value);
}
