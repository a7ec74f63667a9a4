namespace OrleansBroker.Storage.Records;

/// <summary>Why stored bytes are not a record.</summary>
internal enum RecordError : byte
{
    None,

    /// <summary>No byte is left: the regular end of a row.</summary>
    EndOfRow,

    /// <summary>The bytes end within the record.</summary>
    Truncated,

    /// <summary>The length is below that of the smallest record or above that of the largest.</summary>
    LengthOutOfRange,

    ChecksumMismatch,

    /// <summary>Written by a later program (its checksum is right).</summary>
    UnknownVersion,

    UnknownKind,

    /// <summary>The key is empty, above its limit, or longer than the body.</summary>
    KeyLengthOutOfRange,

    /// <summary>A removal carries a value.</summary>
    RemovalWithValue,
}
