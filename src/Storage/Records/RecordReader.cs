using System.Buffers.Binary;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Records;

/// <summary>Reads the records of a row; whatever the bytes are, it answers with an error instead of throwing, and stays at it.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> row)
{
    private const int MaxBodyBytes = RecordFormat.BodyHeaderBytes + RecordFormat.MaxKeyBytes + RecordFormat.MaxValueBytes;

    private ReadOnlySpan<byte> _rest = row;

    /// <summary>The next record (its payload is not set) or why there is none; <see cref="RecordError.EndOfRow"/> is the good end.</summary>
    public RecordError Read(out JournalRecord record)
    {
        record = default;
        if (_rest.IsEmpty)
            return RecordError.EndOfRow;
        if (_rest.Length < RecordFormat.BodyOffset)
            return RecordError.Truncated;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length is < RecordFormat.BodyHeaderBytes + 1 or > MaxBodyBytes)
            return RecordError.LengthOutOfRange;
        if (_rest.Length - RecordFormat.BodyOffset < (int)length)
            return RecordError.Truncated;

        var bytes = _rest[..(RecordFormat.BodyOffset + (int)length)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordFormat.ChecksumOffset..]) != ChecksumOf(bytes))
            return RecordError.ChecksumMismatch;
        var error = ReadBody(bytes, out record);
        if (error == RecordError.None)
            _rest = _rest[bytes.Length..];
        return error;
    }

    /// <summary>The checksum that belongs into the record.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> record) =>
        Checksum.Of(record[..RecordFormat.ChecksumOffset], record[RecordFormat.BodyOffset..]);

    private static RecordError ReadBody(ReadOnlySpan<byte> bytes, out JournalRecord record)
    {
        record = default;
        if (bytes[RecordFormat.VersionOffset] != RecordFormat.Version)
            return RecordError.UnknownVersion;
        var kind = bytes[RecordFormat.KindOffset];
        if (kind is not (RecordKind.Put or RecordKind.PutWithPayload or RecordKind.Remove))
            return RecordError.UnknownKind;
        var keyLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[RecordFormat.KeyLengthOffset..]);
        if (keyLength is 0 or > RecordFormat.MaxKeyBytes || keyLength > bytes.Length - RecordFormat.KeyOffset)
            return RecordError.KeyLengthOutOfRange;

        var value = bytes[(RecordFormat.KeyOffset + keyLength)..];
        if (kind == RecordKind.Remove && !value.IsEmpty)
            return RecordError.RemovalWithValue;
        if (value.Length > RecordFormat.MaxValueBytes)
            return RecordError.LengthOutOfRange;
        record = new JournalRecord
        {
            Key = bytes.Slice(RecordFormat.KeyOffset, keyLength),
            Value = value,
            Stored = bytes,
            IsRemoval = kind == RecordKind.Remove,
            HasPayload = kind == RecordKind.PutWithPayload,
        };
        return RecordError.None;
    }
}
