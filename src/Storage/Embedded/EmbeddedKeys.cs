using System.Buffers.Binary;
using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// The keys of the embedded store; their bytes are in the order in which they are read. Integers are big-endian for that; golden bytes in the tests.
/// <code>
/// format    = 'f'
/// tickets   = 't'
/// header    = 'j' journal                          journal = kind NUL key     both UTF-8
/// record    = 'r' id:u64 record key                id = the journal's number
/// due       = 'd' bucket:u16 second:u64 journal
/// attached  = 'a' owner NUL16 journal              owner in UTF-16: the order of attached owners is ordinal
/// payload   = 'p' payload:u64
/// reference = 'q' payload:u64 id:u64 record key
/// </code>
/// </summary>
internal static class EmbeddedKeys
{
    public const int MaxJournalBytes = JournalId.MaxKindLength + 1 + JournalId.MaxKeyBytes;

    public const int MaxHeaderBytes = 1 + MaxJournalBytes;

    public const int RecordPrefixBytes = 1 + sizeof(ulong);

    public const int MaxRecordBytes = RecordPrefixBytes + Records.RecordFormat.MaxKeyBytes;

    public const int DuePrefixBytes = 1 + sizeof(ushort) + sizeof(ulong);

    public const int DueBucketBytes = 1 + sizeof(ushort);

    public const int MaxDueBytes = DuePrefixBytes + MaxJournalBytes;

    public const int PayloadBytes = 1 + sizeof(ulong);

    public const int MaxReferenceBytes = PayloadBytes + sizeof(ulong) + Records.RecordFormat.MaxKeyBytes;

    private const byte HeaderPrefix = (byte)'j';
    private const byte RecordPrefix = (byte)'r';
    private const byte DuePrefix = (byte)'d';
    private const byte AttachedPrefix = (byte)'a';
    private const byte PayloadPrefix = (byte)'p';
    private const byte ReferencePrefix = (byte)'q';

    public static byte[] Format { get; } = [(byte)'f'];

    public static byte[] Tickets { get; } = [(byte)'t'];

    /// <summary>Below every payload's key.</summary>
    public static byte[] FirstPayload { get; } = [PayloadPrefix];

    /// <summary>Below every owner's entries.</summary>
    public static byte[] FirstAttached { get; } = [AttachedPrefix];

    public static int WriteHeader(Span<byte> target, JournalId journal)
    {
        target[0] = HeaderPrefix;
        return 1 + WriteJournal(target[1..], journal);
    }

    /// <summary>What all headers of a kind begin with.</summary>
    public static int WriteHeaders(Span<byte> target, string kind)
    {
        target[0] = HeaderPrefix;
        return 1 + WriteKind(target[1..], kind);
    }

    /// <summary>What all headers of a kind begin with whose keys begin with the prefix.</summary>
    public static int WriteHeaders(Span<byte> target, string kind, string prefix)
    {
        var length = WriteHeaders(target, kind);
        return length + Encoding.UTF8.GetBytes(prefix, target[length..]);
    }

    public static JournalId ReadHeader(ReadOnlySpan<byte> key) => ReadJournal(key[1..]);

    /// <summary>What all records of a journal begin with.</summary>
    public static void WriteRecords(Span<byte> target, ulong id)
    {
        target[0] = RecordPrefix;
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], id);
    }

    public static int WriteRecord(Span<byte> target, ulong id, ReadOnlySpan<byte> key)
    {
        WriteRecords(target, id);
        key.CopyTo(target[RecordPrefixBytes..]);
        return RecordPrefixBytes + key.Length;
    }

    /// <summary>What all entries of a bucket for a second begin with.</summary>
    public static void WriteDue(Span<byte> target, int bucket, long second)
    {
        target[0] = DuePrefix;
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)bucket);
        BinaryPrimitives.WriteUInt64BigEndian(target[(1 + sizeof(ushort))..], (ulong)second);
    }

    public static int WriteDue(Span<byte> target, int bucket, long second, JournalId journal)
    {
        WriteDue(target, bucket, second);
        return DuePrefixBytes + WriteJournal(target[DuePrefixBytes..], journal);
    }

    public static DueJournal ReadDue(ReadOnlySpan<byte> key) => new(
        (long)BinaryPrimitives.ReadUInt64BigEndian(key[(1 + sizeof(ushort))..]), ReadJournal(key[DuePrefixBytes..]));

    /// <summary>What all entries of an owner begin with; the owner has no NUL.</summary>
    public static byte[] Attached(string owner) => [AttachedPrefix, .. Encoding.BigEndianUnicode.GetBytes(owner), 0, 0];

    /// <summary>Above all entries of an owner and below those of the next.</summary>
    public static byte[] BehindAttached(string owner) => [AttachedPrefix, .. Encoding.BigEndianUnicode.GetBytes(owner), 0, 1];

    public static byte[] Attached(string owner, JournalId journal)
    {
        Span<byte> end = stackalloc byte[MaxJournalBytes];
        return [.. Attached(owner), .. end[..WriteJournal(end, journal)]];
    }

    /// <summary>The entry of any owner: where the owner ends.</summary>
    public static string ReadAttachedOwner(ReadOnlySpan<byte> key)
    {
        var end = 1;
        while (key[end] != 0 || key[end + 1] != 0) end += sizeof(char);
        return Encoding.BigEndianUnicode.GetString(key[1..end]);
    }

    public static JournalId ReadAttachedJournal(ReadOnlySpan<byte> key, int ownerBytes) => ReadJournal(key[ownerBytes..]);

    public static void WritePayload(Span<byte> target, ulong payload)
    {
        target[0] = PayloadPrefix;
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], payload);
    }

    public static ulong ReadPayload(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key[1..]);

    /// <summary>What all references to a payload begin with.</summary>
    public static void WriteReferences(Span<byte> target, ulong payload)
    {
        target[0] = ReferencePrefix;
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], payload);
    }

    public static int WriteReference(Span<byte> target, ulong payload, ulong id, ReadOnlySpan<byte> key)
    {
        WriteReferences(target, payload);
        BinaryPrimitives.WriteUInt64BigEndian(target[PayloadBytes..], id);
        key.CopyTo(target[(PayloadBytes + sizeof(ulong))..]);
        return PayloadBytes + sizeof(ulong) + key.Length;
    }

    /// <summary>The key of the record that a reference stands for.</summary>
    public static int WriteReferred(Span<byte> target, ReadOnlySpan<byte> reference)
    {
        target[0] = RecordPrefix;
        reference[PayloadBytes..].CopyTo(target[1..]);
        return 1 + reference.Length - PayloadBytes;
    }

    private static int WriteJournal(Span<byte> target, JournalId journal)
    {
        var kind = WriteKind(target, journal.Kind);
        return kind + Encoding.UTF8.GetBytes(journal.Key, target[kind..]);
    }

    private static int WriteKind(Span<byte> target, string kind)
    {
        var length = Encoding.UTF8.GetBytes(kind, target);
        target[length] = 0;
        return length + 1;
    }

    private static JournalId ReadJournal(ReadOnlySpan<byte> bytes)
    {
        var kind = bytes.IndexOf((byte)0);
        return new JournalId(Encoding.UTF8.GetString(bytes[..kind]), Encoding.UTF8.GetString(bytes[(kind + 1)..]));
    }
}
