namespace OrleansBroker.Storage.Records;

/// <summary>The kind byte of a record.</summary>
internal static class RecordKind
{
    /// <summary>Takes a number without saying anything; always cancelled, never stored.</summary>
    public const byte Mark = 0;

    public const byte Put = 1;
    public const byte PutWithPayload = 2;
    public const byte Remove = 3;

    /// <summary>The bits that are stored.</summary>
    public const byte StoredBits = 0x3F;

    /// <summary>Only while pending: the record is left out when the row is sealed.</summary>
    public const byte CancelledBit = 0x40;

    /// <summary>Only while pending: the journal holds no earlier record of the key, so that cancelling leaves nothing to remove.</summary>
    public const byte FreshBit = 0x80;
}
