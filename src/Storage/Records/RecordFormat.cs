namespace OrleansBroker.Storage.Records;

/// <summary>
/// The stored form of a record, little-endian; golden bytes in the tests. A row's records follow each other without gaps.
/// <code>
/// record  = length:u32 checksum:u32 body     length = bytes of body; checksum = CRC-32C of length and body
/// body    = version:u8 kind:u8 keyLength:u16 key value     the value is what is left of the body
/// </code>
/// A payload stands outside: the i-th record of kind PutWithPayload in a row refers to the row's i-th payload.
/// </summary>
public static class RecordFormat
{
    public const byte Version = 1;

    /// <summary>What every store can index (PostgreSQL: a third of an 8 KiB page); a longer name is stored in the value and hashed for the key.</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>Well above the largest MQTT packet's header part; the message itself belongs in a payload.</summary>
    public const int MaxValueBytes = 16 * 1024 * 1024;

    internal const int ChecksumOffset = 4;
    internal const int BodyOffset = 4 + 4;
    internal const int VersionOffset = BodyOffset;
    internal const int KindOffset = BodyOffset + 1;
    internal const int KeyLengthOffset = BodyOffset + 2;
    internal const int KeyOffset = BodyOffset + 4;

    /// <summary>version, kind, keyLength.</summary>
    internal const int BodyHeaderBytes = KeyOffset - BodyOffset;
}
